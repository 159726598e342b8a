//go:build race

package memtier_test

// With the race detector pools forget on purpose.
const raceDetector = true
