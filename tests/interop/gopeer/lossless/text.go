package lossless

import (
	"encoding/base64"

	"gopeer/hst"
)

// text is a string or a path: base64 in JSON, and null if it is nil.
type text []byte

func textOf(s string) text { return text(s) }

// path is nil for an unset path.
func path(a *hst.Absolute) text {
	if a == nil {
		return nil
	}
	return text(a.String())
}

// texts has base64 for its keys too. A nil map stays nil, and an empty one empty.
func texts(m map[string]string) map[string]text {
	if m == nil {
		return nil
	}
	encoded := make(map[string]text, len(m))
	for key, value := range m {
		encoded[base64.StdEncoding.EncodeToString([]byte(key))] = text(value)
	}
	return encoded
}

// list is nil for an empty slice, for gob cannot tell the two apart.
func list[In, Out any](in []In, each func(In) Out) (out []Out) {
	for _, element := range in {
		out = append(out, each(element))
	}
	return out
}
