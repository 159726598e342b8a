//go:build !race

package memtier_test

const raceDetector = false
