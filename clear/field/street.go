package field

// streetType is the French street type that a folded word is or abbreviates,
// at the head of a street, or "". Sources: NF Z10-011, the BAN, La Poste.
func streetType(word []byte) string {
	switch string(word) {
	case "RUE", "R":
		return "RUE"
	case "AVENUE", "AV", "AVE":
		return "AVENUE"
	case "BOULEVARD", "BD", "BLD", "BLVD", "BVD", "BOUL":
		return "BOULEVARD"
	case "ALLEE", "ALL", "AL", "ALLEES":
		return "ALLEE"
	case "IMPASSE", "IMP":
		return "IMPASSE"
	case "CHEMIN", "CHE", "CHEM", "CH":
		return "CHEMIN"
	case "PLACE", "PL", "PCE":
		return "PLACE"
	case "ROUTE", "RTE":
		return "ROUTE"
	case "SQUARE", "SQ":
		return "SQUARE"
	case "QUAI":
		return "QUAI"
	case "COURS", "CRS":
		return "COURS"
	case "PASSAGE", "PAS", "PASS":
		return "PASSAGE"
	case "FAUBOURG", "FBG", "FG":
		return "FAUBOURG"
	case "LOTISSEMENT", "LOT":
		return "LOTISSEMENT"
	case "RESIDENCE", "RES":
		return "RESIDENCE"
	case "HAMEAU", "HAM":
		return "HAMEAU"
	case "VILLA", "VLA", "VLLA":
		return "VILLA"
	case "VOIE":
		return "VOIE"
	case "SENTIER", "SEN", "SENTE":
		return "SENTIER"
	case "ESPLANADE", "ESP", "ESPL":
		return "ESPLANADE"
	case "PROMENADE", "PROM":
		return "PROMENADE"
	case "TRAVERSE", "TRA", "TRAV":
		return "TRAVERSE"
	case "MONTEE", "MTE":
		return "MONTEE"
	case "RUELLE", "RLE", "RLLE":
		return "RUELLE"
	case "VENELLE", "VEN":
		return "VENELLE"
	case "CITE":
		return "CITE"
	case "CLOS":
		return "CLOS"
	case "COUR":
		return "COUR"
	case "DOMAINE", "DOM":
		return "DOMAINE"
	case "GALERIE", "GAL":
		return "GALERIE"
	case "MAIL":
		return "MAIL"
	case "PARC":
		return "PARC"
	case "PARVIS", "PRV", "PRVS":
		return "PARVIS"
	case "QUARTIER", "QUA", "QRT":
		return "QUARTIER"
	case "RONDPOINT", "RPT":
		return "RONDPOINT"
	case "CARREFOUR", "CAR", "CARR":
		return "CARREFOUR"
	case "CHAUSSEE", "CHS", "CHAUS":
		return "CHAUSSEE"
	case "COTE":
		return "COTE"
	case "DESCENTE", "DSC":
		return "DESCENTE"
	case "ZONE", "ZA", "ZI", "ZAC":
		if len(word) == 4 {
			return "ZONE"
		}
		return string(word)
	case "PASSERELLE", "PLLE":
		return "PASSERELLE"
	case "TERRASSE", "TSSE":
		return "TERRASSE"
	case "JARDIN", "JARD":
		return "JARDIN"
	case "JETEE", "JTEE":
		return "JETEE"
	case "PONT", "PORTE", "LEVEE", "ROCADE", "DIGUE", "MAS":
		return string(word)
	}
	return ""
}

// englishType is the English street type that a folded word is or abbreviates,
// at the end of a street, or "".
func englishType(word []byte) string {
	switch string(word) {
	case "STREET", "ST", "STR":
		return "STREET"
	case "ROAD", "RD":
		return "ROAD"
	case "AVENUE", "AVE", "AV":
		return "AVENUE"
	case "CRESCENT", "CRES", "CRESC", "CR":
		return "CRESCENT"
	case "DRIVE", "DR", "DRV":
		return "DRIVE"
	case "PLACE", "PL":
		return "PLACE"
	case "COURT", "CT", "CRT":
		return "COURT"
	case "LANE", "LN":
		return "LANE"
	case "TERRACE", "TCE", "TERR":
		return "TERRACE"
	case "CLOSE", "CL":
		return "CLOSE"
	case "CIRCUIT", "CCT", "CRCT":
		return "CIRCUIT"
	case "PARADE", "PDE":
		return "PARADE"
	case "GROVE", "GR", "GRV":
		return "GROVE"
	case "HIGHWAY", "HWY":
		return "HIGHWAY"
	case "BOULEVARD", "BLVD", "BVD":
		return "BOULEVARD"
	case "SQUARE", "SQ":
		return "SQUARE"
	case "GARDENS", "GDNS":
		return "GARDENS"
	case "PARKWAY", "PKWY":
		return "PARKWAY"
	case "WAY", "RISE", "LOOP", "RETREAT", "MEWS", "HILL", "GREEN", "ROW", "WALK", "ESPLANADE":
		return string(word)
	}
	return ""
}

// spelled is a folded word inside a street, spelt out.
func spelled(word []byte) string {
	switch string(word) {
	case "ST":
		return "SAINT"
	case "STE":
		return "SAINTE"
	case "STS":
		return "SAINTS"
	case "STES":
		return "SAINTES"
	case "GAL", "GEN":
		return "GENERAL"
	case "MAL":
		return "MARECHAL"
	case "DR", "DOCT":
		return "DOCTEUR"
	case "CDT", "CMDT":
		return "COMMANDANT"
	case "CNE", "CAPT":
		return "CAPITAINE"
	case "COL":
		return "COLONEL"
	case "LT":
		return "LIEUTENANT"
	case "SGT":
		return "SERGENT"
	case "PDT", "PRES":
		return "PRESIDENT"
	case "PROF", "PR":
		return "PROFESSEUR"
	case "AMAL", "AML":
		return "AMIRAL"
	case "ABBE":
		return "ABBE"
	case "MGR":
		return "MONSEIGNEUR"
	case "GD":
		return "GRAND"
	case "GDE":
		return "GRANDE"
	case "PT":
		return "PETIT"
	case "PTE":
		return "PETITE"
	case "FBG":
		return "FAUBOURG"
	case "APPT", "APT", "APPART":
		return "APPARTEMENT"
	case "BAT", "BT", "BATIM":
		return "BATIMENT"
	case "RES", "RESID":
		return "RESIDENCE"
	case "ESC", "ESCAL":
		return "ESCALIER"
	case "ETG", "ET":
		if len(word) == 3 {
			return "ETAGE"
		}
	case "IMM":
		return "IMMEUBLE"
	case "LOT":
		return "LOTISSEMENT"
	case "RDC":
		return "REZ DE CHAUSSEE"
	case "ENT":
		return "ENTREE"
	}
	return ""
}

// appendStreet appends the canonical text of a street.
func appendStreet(dst []byte, words [][]byte) []byte {
	french := false
	for i, word := range words {
		if i > 0 {
			dst = append(dst, ' ')
		}
		full := ""
		if len(words) > 1 {
			switch i {
			case 0:
				// GAL is a general, unless it stands alone in front.
				if full = streetType(word); full == "GALERIE" && len(word) == 3 {
					full = ""
				}
				french = full != ""
			case len(words) - 1:
				if !french {
					full = englishType(word)
				}
			}
		}
		if full == "" {
			full = spelled(word)
		}
		if full != "" {
			dst = append(dst, full...)
		} else {
			dst = append(dst, word...)
		}
	}
	return dst
}
