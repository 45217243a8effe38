// Package records keeps many entries in one file: for each its length, four bytes big-endian, and
// its bytes.
package records

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// longest is as long as an entry may be.
const longest = 1 << 20

// Write puts an entry behind those before it.
func Write(w io.Writer, entry []byte) error {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(entry)))
	_, err := w.Write(append(length, entry...))
	return err
}

// ForEach gives the entries of a file to a function, up to its first error, and says how many it
// took.
func ForEach(path string, take func(entry []byte) error) (count int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for in := bufio.NewReader(file); ; count++ {
		entry, err := next(in)
		if err == io.EOF {
			return count, nil
		}
		if err == nil {
			err = take(entry)
		}
		if err != nil {
			return count, fmt.Errorf("record %d: %w", count, err)
		}
	}
}

// First gives the first entry of a file.
func First(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	entry, err := next(file)
	if err == io.EOF {
		return nil, errors.New("no record in " + path)
	}
	return entry, err
}

// next is io.EOF at the end of the file, and only there.
func next(in io.Reader) ([]byte, error) {
	var prefix [4]byte
	if _, err := io.ReadFull(in, prefix[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(prefix[:])
	if length > longest {
		return nil, fmt.Errorf("%d bytes, over %d", length, longest)
	}
	entry := make([]byte, length)
	if _, err := io.ReadFull(in, entry); err != nil {
		return nil, fmt.Errorf("of %d bytes: cut short", length)
	}
	return entry, nil
}
