package memtier

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// A Field of an item in a filter or an order. Meta gives a path into the metadata.
type Field string

// The fields.
const (
	FieldID              Field = "id"
	FieldType            Field = "type"
	FieldContent         Field = "content"
	FieldContentType     Field = "content_type"
	FieldTags            Field = "tags"
	FieldImportance      Field = "importance"
	FieldPriority        Field = "priority"
	FieldPinned          Field = "pinned"
	FieldTier            Field = "tier"
	FieldCreated         Field = "created_us"
	FieldUpdated         Field = "updated_us"
	FieldAccessed        Field = "accessed_us"
	FieldExpires         Field = "expires_us"
	FieldTTL             Field = "ttl_us"
	FieldAccessCount     Field = "access_count"
	FieldValidationCount Field = "validation_count"
	FieldVersion         Field = "version"
	FieldChangeSequence  Field = "change_sequence"
	FieldSizeBytes       Field = "size_bytes"
	FieldApp             Field = "app"
	FieldUser            Field = "user"
	FieldAgent           Field = "agent"
	FieldSession         Field = "session"
	FieldCollection      Field = "collection"
)

// Meta is a path into the metadata: Meta("place", "city") is "metadata.place.city". A number is the
// place of an element in a list; without one the path goes through all of them.
func Meta(path ...string) Field { return Field("metadata." + strings.Join(path, ".")) }

// A Filter says which items are meant. The zero Filter is all of them. Filters are made by
// functions such as Eq, and joined by And, Or and Not:
//
//	memtier.And(memtier.Eq("type", "fact"), memtier.Gte("importance", 0.5))
//
// Values are texts, numbers, booleans, nil, times, durations (in the fields that are), lists and
// whatever else becomes JSON. Numbers compare exactly, whatever their type. What is wrong with a
// filter is told by the call that uses it, as ErrInvalid.
type Filter struct {
	json string
	raw  bool // as the caller wrote it: not known to be JSON
	err  error
}

// Eq matches items whose field equals the value; a list, if one of its elements does.
func Eq(field Field, value any) Filter { return condition(field, "$eq", value) }

// Ne is the opposite of Eq. It matches items without the field, too.
func Ne(field Field, value any) Filter { return condition(field, "$ne", value) }

// Gt matches what is greater.
func Gt(field Field, value any) Filter { return condition(field, "$gt", value) }

// Gte matches what is greater or equal.
func Gte(field Field, value any) Filter { return condition(field, "$gte", value) }

// Lt matches what is less.
func Lt(field Field, value any) Filter { return condition(field, "$lt", value) }

// Lte matches what is less or equal.
func Lte(field Field, value any) Filter { return condition(field, "$lte", value) }

// In matches what equals one of the values.
func In[T any](field Field, values ...T) Filter { return condition(field, "$in", list(values)) }

// NotIn is the opposite of In. It matches items without the field, too.
func NotIn[T any](field Field, values ...T) Filter { return condition(field, "$nin", list(values)) }

// Exists matches items that have the field, or with false those that lack it.
func Exists(field Field, exists bool) Filter { return condition(field, "$exists", exists) }

// Contains matches a part of a text; of a list, an element that is equal.
func Contains(field Field, value any) Filter { return condition(field, "$contains", value) }

// ContainsFold is Contains, ignoring case.
func ContainsFold(field Field, text string) Filter { return condition(field, "$icontains", text) }

// HasPrefix matches texts that begin with prefix.
func HasPrefix(field Field, prefix string) Filter { return condition(field, "$startsWith", prefix) }

// And matches what all the filters match.
func And(filters ...Filter) Filter { return join("$and", filters) }

// Or matches what one of the filters matches.
func Or(filters ...Filter) Filter { return join("$or", filters) }

// Not matches what the filter does not.
func Not(filter Filter) Filter {
	document, err := filter.embedded()
	return Filter{json: `{"$not":` + document + `}`, err: err}
}

// FilterJSON is a filter that somebody else wrote, as a document.
func FilterJSON(document json.RawMessage) Filter { return Filter{json: string(document), raw: true} }

// String is the filter as a document.
func (f Filter) String() string {
	if f.json == "" {
		return "{}"
	}
	return f.json
}

// embedded is the filter as a part of a document. What the caller wrote must be JSON for that: else
// it could say something about what it is put into.
func (f Filter) embedded() (string, error) {
	if f.err == nil && f.raw && f.json != "" && !json.Valid([]byte(f.json)) {
		return "null", invalid("filter: it is not valid JSON: %.200q", f.json)
	}
	return f.String(), f.err
}

func condition(field Field, operator string, value any) Filter {
	name, err := encodeText(string(field))
	if err != nil {
		return Filter{err: err}
	}
	operand, err := encodeOperand(field, value)
	if err != nil {
		return Filter{err: err}
	}
	return Filter{json: "{" + string(name) + `:{"` + operator + `":` + operand + "}}"}
}

func join(operator string, filters []Filter) Filter {
	documents := make([]string, len(filters))
	for i, filter := range filters {
		document, err := filter.embedded()
		if err != nil {
			return Filter{err: err}
		}
		documents[i] = document
	}
	return Filter{json: `{"` + operator + `":[` + strings.Join(documents, ",") + "]}"}
}

// list keeps values apart from one value that is a list.
type operandList []any

func list[T any](values []T) operandList {
	operands := make(operandList, len(values))
	for i, value := range values {
		operands[i] = value
	}
	return operands
}

func encodeOperand(field Field, value any) (string, error) {
	// Times of items are microseconds.
	inMicroseconds := strings.HasSuffix(string(field), "_us") && !strings.HasPrefix(string(field), "metadata.")
	switch v := value.(type) {
	case operandList:
		operands := make([]string, len(v))
		for i, one := range v {
			operand, err := encodeOperand(field, one)
			if err != nil {
				return "", err
			}
			operands[i] = operand
		}
		return "[" + strings.Join(operands, ",") + "]", nil
	case time.Time:
		if inMicroseconds {
			value = v.UnixMicro()
		}
	case time.Duration:
		if inMicroseconds {
			value = v.Microseconds()
		}
	case string:
		if !utf8.ValidString(v) {
			return "", invalid("filter: a text for %q is not valid UTF-8", field)
		}
	case json.RawMessage:
		if !json.Valid(v) {
			return "", invalid("filter: a value for %q is not valid JSON", field)
		}
		return string(v), nil
	}
	if kind := reflect.ValueOf(value).Kind(); kind == reflect.Func || kind == reflect.Chan {
		return "", invalid("filter: a value for %q is a %s", field, kind)
	}
	encoded, err := encodeText(value)
	return string(encoded), err
}
