package memtier_test

import (
	"encoding/json"
	"os"
	"testing"
)

// header is memtier.h in the sources of the project, seen from this folder.
const header = "../../include/memtier.h"

// needSources skips a test that reads other folders of the project, where the module is alone.
func needSources(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(header); os.IsNotExist(err) {
		t.Skip("the module lies outside of the project's sources")
	}
}

func rawJSON(document string) json.RawMessage { return json.RawMessage(document) }

func jsonNumber(value any) string {
	number, _ := value.(json.Number)
	return number.String()
}

type rawMessage = json.RawMessage
