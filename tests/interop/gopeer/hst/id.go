package hst

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// ID names an instance: nanoseconds since the epoch, big-endian, then eight random bytes.
type ID [16]byte

func (id ID) String() string { return hex.EncodeToString(id[:]) }

// ParseID reads 32 hexadecimal digits.
func ParseID(text string) (id ID, err error) {
	if len(text) != hex.EncodedLen(len(id)) {
		return id, errors.New("identifier string has unexpected length")
	}
	if _, err = hex.Decode(id[:], []byte(text)); err != nil {
		return id, fmt.Errorf("identifier %q: %w", text, err)
	}
	return id, nil
}
