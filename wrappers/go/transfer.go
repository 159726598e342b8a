package memtier

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"unicode/utf8"

	"memtier.dev/memtier/internal/native"
)

// An ImportFormat says what the lines of an import are.
type ImportFormat string

// The formats.
const (
	FormatAuto         ImportFormat = "auto" // told by each line: the default
	FormatItems        ImportFormat = "items"
	FormatConversation ImportFormat = "conversation"
)

// ImportOptions say how to import.
type ImportOptions struct {
	Format       ImportFormat
	SkipBadLines bool   // count them and go on; else the first ends the import, with its number
	KeepExisting bool   // leave items that are there; else they are replaced
	Tier         string // put all into this tier

	// JSON is the options as a document, in place of all other fields.
	JSON json.RawMessage
}

func (o ImportOptions) document() (string, error) {
	if o.JSON != nil {
		return string(o.JSON), nil
	}
	document := map[string]string{}
	if o.Format != "" {
		document["format"] = string(o.Format)
	}
	if o.SkipBadLines {
		document["on_error"] = "skip"
	}
	if o.KeepExisting {
		document["mode"] = "create"
	}
	if o.Tier != "" {
		document["tier"] = o.Tier
	}
	encoded, err := encodeText(document)
	return string(encoded), err
}

// ImportStatistics tell what an import did.
type ImportStatistics struct {
	Lines           int64 // read, empty ones not counted
	Stored          int64 // new items
	Replaced        int64 // new versions of items that were there
	Skipped         int64 // there already (KeepExisting)
	Failed          int64 // lines that could not be imported (SkipBadLines)
	FirstFailedLine int64 // the first of them, from 1; 0 none
}

// Export writes the items that the filter matches to a writer, the oldest first, as JSON Lines
// without loss, and counts them, also where it fails. With AllCollections it is everything.
func (m *Memory) Export(ctx context.Context, w io.Writer, filter Filter) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if filter.err != nil {
		return 0, filter.err
	}
	if w == nil {
		return 0, invalid("Export: the writer is nil")
	}
	defer runtime.KeepAlive(m)
	var lines []byte // a copy, for a writer that keeps what it is given
	write := native.Write(func(data []byte) error {
		lines = append(lines[:0], data...)
		n, err := w.Write(lines)
		if err == nil && n < len(lines) {
			err = io.ErrShortWrite
		}
		return err
	})
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreExport(m.store.ticket, m.ticket(), filter.json, native.Register(write),
			control, &count, &failure)
		return status, failure
	})
	return count, err
}

// ExportFile is Export into a file that is made new; a name ending in .gz is compressed. A file
// half written is removed.
func (m *Memory) ExportFile(ctx context.Context, path string, filter Filter) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if filter.err != nil {
		return 0, filter.err
	}
	if err := checkPath(path); err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(m)
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreExportFile(m.store.ticket, m.ticket(), filter.json, path, control, &count,
			&failure)
		return status, failure
	})
	return count, err
}

// Import stores what a reader delivers, JSON Lines of items or of a conversation, in batches. Names
// that the memory's scope gives take the place of those in the lines. The statistics are right also
// where it fails: what came before a bad line is stored.
func (m *Memory) Import(ctx context.Context, r io.Reader, options ImportOptions) (ImportStatistics, error) {
	if r == nil {
		return ImportStatistics{}, invalid("Import: the reader is nil")
	}
	var lines []byte // a copy, for a reader that keeps what it is given
	read := native.Read(func(buffer []byte) (int, error) {
		if len(lines) < len(buffer) {
			lines = make([]byte, len(buffer))
		}
		n, err := readSome(r, lines[:len(buffer)])
		copy(buffer, lines[:n])
		return n, err
	})
	return m.imported(ctx, options, func(document string, control *native.Control,
		statistics native.ImportStatistics) (int32, uintptr) {
		var failure uintptr
		status := native.StoreImport(m.store.ticket, m.ticket(), document, native.Register(read), control,
			statistics, &failure)
		return status, failure
	})
}

// readSome reads at least a byte, or 0 at the end.
func readSome(r io.Reader, buffer []byte) (int, error) {
	for empty := 0; empty < 100; empty++ {
		n, err := r.Read(buffer)
		if n < 0 || n > len(buffer) {
			return 0, fmt.Errorf("a reader read %d bytes into a buffer of %d", n, len(buffer))
		}
		if n > 0 && (err == nil || err == io.EOF) {
			return n, nil
		}
		if err == io.EOF {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// ImportFile is Import from a file, compressed with gzip or not.
func (m *Memory) ImportFile(ctx context.Context, path string, options ImportOptions) (ImportStatistics, error) {
	if err := checkPath(path); err != nil {
		return ImportStatistics{}, err
	}
	return m.imported(ctx, options, func(document string, control *native.Control,
		statistics native.ImportStatistics) (int32, uintptr) {
		var failure uintptr
		status := native.StoreImportFile(m.store.ticket, m.ticket(), document, path, control, statistics,
			&failure)
		return status, failure
	})
}

func (m *Memory) imported(ctx context.Context, options ImportOptions, call func(string, *native.Control,
	native.ImportStatistics) (int32, uintptr)) (ImportStatistics, error) {
	if err := m.begin(ctx); err != nil {
		return ImportStatistics{}, err
	}
	document, err := options.document()
	if err != nil {
		return ImportStatistics{}, err
	}
	defer runtime.KeepAlive(m)
	n := native.NewImportStatistics()
	defer native.DeleteImportStatistics(n)
	called := false
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		called = true
		return call(document, control, n)
	})
	if !called { // the numbers were never set
		return ImportStatistics{}, err
	}
	return ImportStatistics{
		n.GetLines(), n.GetStored(), n.GetReplaced(), n.GetSkipped(), n.GetFailed(),
		n.GetFirstFailedLine(),
	}, err
}

func checkPath(path string) error {
	if strings.IndexByte(path, 0) >= 0 || !utf8.ValidString(path) {
		return invalid("path: %q contains a NUL or is not valid UTF-8", path)
	}
	return nil
}
