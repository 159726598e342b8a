package memtier

import (
	"time"

	"memtier.dev/memtier/internal/native"
)

// A column is one field of many rows, and where it goes in a row.
type column[Row, Value any] struct {
	field int32
	set   func(*Row, Value)
}

// readColumns copies columns that the library lends: read borrows one, values copies it.
func readColumns[Row, Value, Lent any](handle uintptr, rows []Row, columns []column[Row, Value],
	read func(handle uintptr, field int32, lent **Lent, failure *uintptr) int32,
	values func(lent *Lent, count int64) []Value) error {
	for _, column := range columns {
		var lent *Lent
		var failure uintptr
		if status := read(handle, column.field, &lent, &failure); status != native.MEMTIER_OK {
			return failed(nil, status, failure)
		}
		for i, value := range values(lent, int64(len(rows))) {
			column.set(&rows[i], value)
		}
	}
	return nil
}

func fromEpoch(us int64) time.Time { return time.UnixMicro(us).UTC() }
