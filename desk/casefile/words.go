package casefile

import (
	"fmt"
	"strings"
)

// Words tell an act in English.
func Words(a *Act) string {
	why := ""
	if a.Reason != "" {
		why = ", because: " + a.Reason
	}
	switch a.Do {
	case Open:
		return "opened the case" + why
	case Grant:
		return fmt.Sprintf("gave %s the role %s", a.Whom, a.Role)
	case Revoke:
		return fmt.Sprintf("took the role %s from %s", a.Role, a.Whom)
	case Mark:
		var as []string
		if a.TLP != "" {
			as = append(as, "TLP:"+string(a.TLP))
		}
		if a.PAP != "" {
			as = append(as, "PAP:"+string(a.PAP))
		}
		return "marked it " + strings.Join(as, ", ") + why
	case State:
		if a.Facts != nil {
			return "stated who the parties are" + why
		}
		return fmt.Sprintf("stated %s: %s%s", a.Event.Kind.Words().EN, a.Event.At, why)
	case Decide:
		verb := "decided"
		if subjects[a.Subject].second != nil {
			verb = "proposed"
		}
		return fmt.Sprintf("%s %s: %s%s", verb, a.Subject, a.Choice, why)
	case Approve:
		return fmt.Sprintf("said the second yes to %d%s", a.Of, why)
	case Reject:
		return fmt.Sprintf("rejected %d%s", a.Of, why)
	case Withdraw:
		return fmt.Sprintf("withdrew %d%s", a.Of, why)
	case Shred:
		return fmt.Sprintf("began to destroy %d files, by decision %d", len(a.Files), a.Of)
	case Tell:
		return fmt.Sprintf("wrote %s for others%s", a.Files[0].Name, why)
	case Destroyed:
		return fmt.Sprintf("destroyed them, by decision %d", a.Of)
	}
	return string(a.Do)
}
