package random

import (
	"strings"

	"gopeer/hst"
)

// text is plain, of many languages, not UTF-8, or empty.
func (s Source) text() string {
	switch s.Intn(6) {
	case 0:
		return ""
	case 1:
		return string(s.bytes(s.Intn(20)))
	case 2:
		return strings.Repeat("žluťoučký 🦀 ", 1+s.Intn(20))
	case 3:
		return "a\"b\\c\n\x00<&>\u2028" + string(s.bytes(2))
	}
	return s.word()
}

func (s Source) word() string {
	letters := make([]byte, 1+s.Intn(12))
	for i := range letters {
		letters[i] = byte('a' + s.Intn(26))
	}
	return string(letters)
}

func (s Source) bytes(length int) []byte {
	bytes := make([]byte, length)
	s.Read(bytes)
	return bytes
}

// path is unset now and then.
func (s Source) path() *hst.Absolute {
	if s.rarely() {
		return nil
	}
	return s.somePath()
}

// somePath holds any byte but NUL, which no path can.
func (s Source) somePath() *hst.Absolute {
	path, err := hst.NewAbsolute("/" + strings.ReplaceAll(s.text(), "\x00", "/"))
	if err != nil {
		panic(err) // It begins with a slash.
	}
	return path
}

// name has the dot that a name on a bus needs.
func (s Source) name() string {
	name := s.word() + "." + s.text()
	if s.bool() {
		return name + ".*"
	}
	return name
}

// variable is anything that the environment allows for a name.
func (s Source) variable() string {
	return strings.NewReplacer("=", "_", "\x00", "_").Replace(s.text())
}

// list is nil or empty now and then, which gob does not tell apart.
func list[T any](s Source, element func() T) []T {
	if s.rarely() {
		return nil
	}
	elements := make([]T, s.few())
	for i := range elements {
		elements[i] = element()
	}
	return elements
}

// texts is nil or empty now and then, which gob does tell apart.
func (s Source) texts(key func() string) map[string]string {
	if s.rarely() {
		return nil
	}
	texts := make(map[string]string)
	for i := s.few(); i > 0; i-- {
		texts[key()] = s.text()
	}
	return texts
}
