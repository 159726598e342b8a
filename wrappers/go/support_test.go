package memtier_test

import "encoding/json"

func rawJSON(document string) json.RawMessage { return json.RawMessage(document) }

func jsonNumber(value any) string {
	number, _ := value.(json.Number)
	return number.String()
}

type rawMessage = json.RawMessage
