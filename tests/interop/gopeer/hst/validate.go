package hst

import (
	"errors"
	"fmt"
	"strings"
)

// Identities are 0 to IdentityMax.
const IdentityMax = 9999

// Validate finds what the Go system refuses in a configuration, in its order.
func (c *Config) Validate() error {
	if c == nil {
		return errors.New("invalid configuration")
	}
	if c.Identity < 0 || c.Identity > IdentityMax {
		return fmt.Errorf("identity %d out of range", c.Identity)
	}
	if err := c.SessionBus.validate("session"); err != nil {
		return err
	}
	if err := c.SystemBus.validate("system"); err != nil {
		return err
	}
	return c.Container.validate()
}

func (c *ContainerConfig) validate() error {
	if c == nil {
		return errors.New("configuration missing container state")
	}
	if c.Home == nil {
		return errors.New("container configuration missing path to home directory")
	}
	if c.Shell == nil {
		return errors.New("container configuration missing path to shell")
	}
	if c.Path == nil {
		return errors.New("container configuration missing path to initial program")
	}
	for name := range c.Env {
		if strings.ContainsAny(name, "=\x00") {
			return fmt.Errorf("invalid environment variable %q", name)
		}
	}
	return nil
}

func (b *BusConfig) validate(bus string) error {
	if b == nil {
		return nil
	}
	for _, names := range [][]string{b.See, b.Talk, b.Own, keys(b.Call), keys(b.Broadcast)} {
		for _, name := range names {
			if !strings.Contains(strings.TrimSuffix(name, ".*"), ".") {
				return fmt.Errorf("bad interface string %q in %s bus configuration", name, bus)
			}
		}
	}
	return nil
}

func keys(rules map[string]string) (names []string) {
	for name := range rules {
		names = append(names, name)
	}
	return names
}
