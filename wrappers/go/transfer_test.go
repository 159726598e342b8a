package memtier_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"memtier.dev/memtier"
)

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(buffer []byte) (int, error) { return f(buffer) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(data []byte) (int, error) { return f(data) }

func TestExportAndImport(t *testing.T) {
	store := open(t)
	put(t, store.In(memtier.Scope{User: "ada"}), memtier.Draft{ID: "a", Text: "tea \U0001F375\x00", Metadata: rawJSON(`{"n": 1.0}`)})
	put(t, &store.Memory, memtier.Draft{ID: "b", Content: []byte{0xff, 0}, Type: "x"})
	folder := t.TempDir()
	var lines bytes.Buffer
	expect(t, "exported", must[int64](t)(store.Export(ctx, &lines, memtier.Filter{})), int64(2))
	for _, name := range []string{"plain.jsonl", "packed.jsonl.gz"} {
		path := filepath.Join(folder, name)
		expect(t, "exported", must[int64](t)(store.ExportFile(ctx, path, memtier.Filter{})), int64(2))
		other := open(t)
		s := must[memtier.ImportStatistics](t)(other.ImportFile(ctx, path, memtier.ImportOptions{}))
		expect(t, "imported", s, memtier.ImportStatistics{Lines: 2, Stored: 2})
		expect(t, "text", must[memtier.Item](t)(other.Get(ctx, "a")).Text(), "tea \U0001F375\x00")
		expect(t, "metadata", string(must[memtier.Item](t)(other.Get(ctx, "a")).Metadata()), `{"n": 1.0}`)
		expect(t, "user", must[memtier.Item](t)(other.Get(ctx, "a")).Scope().User, "ada")
		expect(t, "content", must[memtier.Item](t)(other.Get(ctx, "b")).Content(), []byte{0xff, 0})
	}
	packed := must[*os.File](t)(os.Open(filepath.Join(folder, "packed.jsonl.gz")))
	defer packed.Close()
	unpacked := must[[]byte](t)(io.ReadAll(must[*gzip.Reader](t)(gzip.NewReader(packed))))
	expect(t, "the same lines", string(unpacked), lines.String())
	other := open(t)
	one := iotest.OneByteReader(bytes.NewReader(lines.Bytes()))
	must[memtier.ImportStatistics](t)(other.Import(ctx, one, memtier.ImportOptions{Tier: "archive"}))
	expect(t, "tier", must[memtier.Item](t)(other.Get(ctx, "b")).Tier(), "archive")
	again := must[memtier.ImportStatistics](t)(other.Import(ctx, iotest.DataErrReader(bytes.NewReader(lines.Bytes())),
		memtier.ImportOptions{KeepExisting: true, Format: memtier.FormatItems}))
	expect(t, "again", again, memtier.ImportStatistics{Lines: 2, Skipped: 2})
	bob := memtier.Scope{User: "bob"}
	must[memtier.ImportStatistics](t)(other.In(bob).Import(ctx, &lines, memtier.ImportOptions{}))
	expect(t, "bob's", must[int64](t)(other.In(bob).Count(ctx, memtier.Filter{})), int64(2))
}

func TestBadLinesAreToldOrSkipped(t *testing.T) {
	store := open(t)
	lines := "{\"text\": \"one\", \"role\": \"user\"}\nnonsense\n{\"text\": \"two\", \"role\": \"user\"}\n"
	s, err := store.Import(ctx, strings.NewReader(lines), memtier.ImportOptions{Format: memtier.FormatConversation})
	expectIs(t, err, memtier.ErrMalformed)
	expectContains(t, err.Error(), "line 2")
	expect(t, "stored", s.Stored, int64(1))
	s = must[memtier.ImportStatistics](t)(store.Import(ctx, strings.NewReader(lines), memtier.ImportOptions{SkipBadLines: true}))
	expect(t, "skipped", []int64{s.Lines, s.Failed, s.FirstFailedLine}, []int64{3, 1, 2})
	_, err = store.Import(ctx, strings.NewReader(lines), memtier.ImportOptions{Format: "csv"})
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.Import(ctx, strings.NewReader(lines), memtier.ImportOptions{Tier: "attic"})
	expectIs(t, err, memtier.ErrNotFound)
}

func TestReadersAndWritersThatFail(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a"})
	for name, writer := range map[string]io.Writer{
		"error": writerFunc(func([]byte) (int, error) { return 0, errBroken }),
		"panic": writerFunc(func([]byte) (int, error) { panic(errBroken) }),
		"short": writerFunc(func([]byte) (int, error) { return 0, nil }),
	} {
		t.Run("writer/"+name, func(t *testing.T) {
			_, err := store.Export(ctx, writer, memtier.Filter{})
			expectIs(t, err, memtier.ErrCallback)
			expect(t, "cause", errors.Is(err, errBroken) || errors.Is(err, io.ErrShortWrite), true)
		})
	}
	for name, reader := range map[string]io.Reader{
		"error":   iotest.ErrReader(errBroken),
		"timeout": iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("{}\n{}\n"))),
		"panic":   readerFunc(func([]byte) (int, error) { panic(errBroken) }),
		"lazy":    readerFunc(func([]byte) (int, error) { return 0, nil }),
		"liar":    readerFunc(func(b []byte) (int, error) { return len(b) + 1, nil }),
	} {
		t.Run("reader/"+name, func(t *testing.T) {
			_, err := store.Import(ctx, reader, memtier.ImportOptions{})
			expectIs(t, err, memtier.ErrCallback)
			var e *memtier.Error
			expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
		})
	}
	_, err := store.Export(ctx, nil, memtier.Filter{})
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.Import(ctx, nil, memtier.ImportOptions{})
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.ExportFile(ctx, filepath.Join(t.TempDir(), "none", "x"), memtier.Filter{})
	expectIs(t, err, memtier.ErrNotFound)
	_, err = store.ImportFile(ctx, filepath.Join(t.TempDir(), "none"), memtier.ImportOptions{})
	expectIs(t, err, memtier.ErrNotFound)
	_, err = store.ImportFile(ctx, "a\x00b", memtier.ImportOptions{})
	expectIs(t, err, memtier.ErrInvalid)
}
