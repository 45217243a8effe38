package hst

import (
	"fmt"
	"strings"
)

// Absolute is a pathname that begins with a slash. A nil one is an unset path.
type Absolute struct{ pathname string }

// NewAbsolute checks a pathname and leaves it as it is.
func NewAbsolute(pathname string) (*Absolute, error) {
	if !strings.HasPrefix(pathname, "/") {
		return nil, fmt.Errorf("path %q is not absolute", pathname)
	}
	return &Absolute{pathname}, nil
}

func (a *Absolute) String() string { return a.pathname }

// GobEncode gives the bytes of the pathname, as they are.
func (a *Absolute) GobEncode() ([]byte, error) { return []byte(a.pathname), nil }

// GobDecode takes the bytes of a pathname, if it is absolute.
func (a *Absolute) GobDecode(data []byte) error {
	checked, err := NewAbsolute(string(data))
	if err != nil {
		return err
	}
	*a = *checked
	return nil
}
