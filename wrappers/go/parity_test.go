package memtier_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// publicMembers are the exported names of the package: "Open", "Store.Close", "Draft.ID".
func publicMembers(t *testing.T) map[string]bool {
	t.Helper()
	noTests := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
	packages := must[map[string]*ast.Package](t)(parser.ParseDir(token.NewFileSet(), ".", noTests, 0))
	members := map[string]bool{}
	add := func(receiver string, names ...*ast.Ident) {
		for _, name := range names {
			if name.IsExported() {
				members[receiver+name.Name] = true
			}
		}
	}
	for _, file := range packages["memtier"].Files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				add(receiverOf(d), d.Name)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						add("", s.Names...)
					case *ast.TypeSpec:
						add("", s.Name)
						if fields, ok := s.Type.(*ast.StructType); ok {
							for _, field := range fields.Fields.List {
								add(s.Name.Name+".", append(field.Names, embedded(field)...)...)
							}
						}
					}
				}
			}
		}
	}
	return members
}

func receiverOf(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	kind := function.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	return kind.(*ast.Ident).Name + "."
}

func embedded(field *ast.Field) []*ast.Ident {
	if name, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 {
		return []*ast.Ident{name}
	}
	return nil
}

// findAll are the first groups of what an expression matches.
func findAll(expression, text string) []string {
	var found []string
	for _, match := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

// statisticsMembers are the members of the structs that a caller receives.
func statisticsMembers(header string) []string {
	var members []string
	for _, name := range findAll(`struct memtier_(\w+_statistics) \{`, header) {
		body := strings.SplitN(strings.SplitN(header, "struct memtier_"+name+" {", 2)[1], "}", 2)[0]
		body = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(body, "")
		for _, member := range findAll(`(\w+)(?:\[\d+\])?;`, body) {
			if member != "struct_size" && member != "reserved" {
				members = append(members, "memtier_"+name+"."+member)
			}
		}
	}
	return members
}

func TestEverythingOfTheHeaderIsHere(t *testing.T) {
	needSources(t)
	text := string(must[[]byte](t)(os.ReadFile(header)))
	var table struct{ Functions, Constants, Members map[string][]string }
	check(t, json.Unmarshal(must[[]byte](t)(os.ReadFile("parity.json")), &table))
	flat := strings.Join(strings.Fields(text), " ")
	functions := findAll(`MEMTIER_API [a-z_0-9 *]*?(memtier_[a-z0-9_]+)\(`, flat)
	expect(t, "functions that this test finds", len(functions), len(findAll(`(?m)^(MEMTIER_API) `, text))+
		len(findAll(`(?m)^(MEMTIER_API)$`, text)))
	members := publicMembers(t)
	for _, part := range []struct {
		table map[string][]string
		names []string
	}{
		{table.Functions, functions},
		{table.Constants, findAll(`(?m)^#define (MEMTIER_[A-Z0-9_]+) +[-(0-9]`, text)},
		{table.Members, statisticsMembers(text)},
	} {
		expect(t, "rows", len(part.table), len(part.names))
		for _, name := range part.names {
			if len(part.table[name]) == 0 {
				t.Errorf("%s has no row in parity.json", name)
			}
			for _, member := range part.table[name] {
				if !members[member] {
					t.Errorf("%s: the package has no %s", name, member)
				}
			}
		}
	}
}
