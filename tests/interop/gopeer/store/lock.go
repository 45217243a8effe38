package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the name of the lock file of a store and of a segment.
const lockName = "lock"

// Lock is the lock of a store or of a segment, held.
type Lock struct{ file *os.File }

// acquire opens the lock file of a directory anew, and waits for the lock on it.
func acquire(directory string) (*Lock, error) {
	file, err := os.OpenFile(filepath.Join(directory, lockName), os.O_RDWR|os.O_CREATE, 0600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("flock %s: %w", file.Name(), err), file.Close())
	}
	return &Lock{file}, nil
}

// Release gives the lock up.
func (l *Lock) Release() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}
