// Package native is memtier.h in Go, as it is: numbers for handles, statuses, nothing hidden. Most of it
// is generated (native.go, memtier_wrap.c; see wrappers/swig). The package above makes it idiomatic.
package native

import "unsafe"

// Slice is memtier_slice: memory of C, borrowed.
type Slice struct {
	Data unsafe.Pointer
	Size uintptr
}

// Bytes copies what the slice shows.
func (s Slice) Bytes() []byte { return CopyMemory(s.Data, int(s.Size)) }

// Text copies what the slice shows.
func (s Slice) Text() string { return string(borrow(s.Data, int(s.Size))) }

// Control stands for memtier_control: a cancel handle or 0, and the number of a registered Progress or 0.
type Control struct {
	Cancel   uintptr
	Progress uintptr
}

// Log stands for memtier_log: the number of a registered LogLine, and the most talkative level wanted.
type Log struct {
	Callback uintptr
	Level    int64
}

// Embedder stands for memtier_embedder: the number of a registered Embed, and the components of a vector.
type Embedder struct {
	Callback  uintptr
	Dimension int64
}

// CopyMemory copies memory of C.
func CopyMemory(data unsafe.Pointer, size int) []byte {
	return append(make([]byte, 0, size), borrow(data, size)...)
}

// CopyText copies a text that ends in NUL; nil is the empty text.
func CopyText(text *byte) string {
	if text == nil {
		return ""
	}
	size := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(text), size)) != 0 {
		size++
	}
	return string(unsafe.Slice(text, size))
}

// Int64s copies a column of count numbers.
func Int64s(column *int64, count int64) []int64 {
	return append([]int64(nil), unsafe.Slice(column, int(count))...)
}

// Float64s copies a column of count numbers.
func Float64s(column *float64, count int64) []float64 {
	return append([]float64(nil), unsafe.Slice(column, int(count))...)
}

// Texts copies a column of count texts.
func Texts(column *Slice, count int64) []string {
	texts := make([]string, 0, count)
	for _, slice := range unsafe.Slice(column, int(count)) {
		texts = append(texts, slice.Text())
	}
	return texts
}

func borrow(data unsafe.Pointer, size int) []byte {
	if data == nil || size == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(data), size)
}
