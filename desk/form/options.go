package form

import (
	"slices"

	"constat.example/internal/words"
)

// What boxes offer. Codes are the same in all forms, so that one answer fills them all; the
// words of those that the CNIL's open data has are its own. Where no list could be read the
// words are ours.

func option(code, fr, en string) Option { return Option{code, pair(fr, en)} }

// some are the options of those codes.
func some(all []Option, codes ...string) []Option {
	var them []Option
	for _, code := range codes {
		i := slices.IndexFunc(all, func(o Option) bool { return o.Code == code })
		them = append(them, all[i])
	}
	return them
}

// offered are the options of those of the codes that are offered, as a sentence lists them.
func offered(all []Option, codes []string) words.Both {
	var texts []words.Both
	for _, o := range all {
		if slices.Contains(codes, o.Code) {
			texts = append(texts, o.Words)
		}
	}
	return parted(texts...)
}

var (
	natures = []Option{
		option("confidentiality", "Perte de la confidentialité", "Loss of confidentiality"),
		option("integrity", "Perte de l'intégrité", "Loss of integrity"),
		option("availability", "Perte de la disponibilité", "Loss of availability"),
	}

	origins = []Option{
		option("device", "Equipement perdu ou volé", "Device lost or stolen"),
		option("paper", "Papier perdu, volé ou laissé accessible", "Paper lost, stolen or left in reach"),
		option("mail", "Courrier perdu ou ouvert", "Mail lost or opened"),
		option("hacking", "Piratage, logiciel malveillant (par exemple rançongiciel) et/ou hameçonnage", "Hacking, malware (ransomware for example) and/or phishing"),
		option("paper_waste", "Mise au rebut de papier sans destruction", "Paper thrown away undestroyed"),
		option("device_waste", "Mise au rebut d'appareils sans effacement", "Devices thrown away unerased"),
		option("publication", "Publication non volontaire d'informations", "Unintended publication"),
		option("wrong_person", "Données de la mauvaise personne affichées sur le portail du client", "Data of the wrong person shown on the customer's page"),
		option("misdirected", "Données personnelles envoyées à un mauvais destinataire", "Personal data sent to a wrong recipient"),
		option("verbal", "Informations personnelles divulguées de façon verbale", "Personal information told by word of mouth"),
		option("other", "Autre", "Other"),
	}

	causes = []Option{
		option("internal_malicious", "Acte interne malveillant", "Internal act, malicious"),
		option("internal_accidental", "Acte interne accidentel", "Internal act, accidental"),
		option("external_malicious", "Acte externe malveillant", "External act, malicious"),
		option("external_accidental", "Acte externe accidentel", "External act, accidental"),
		option("other", "Autre", "Other"),
		option("unknown", "Inconnu", "Unknown"),
		option("open", "À déterminer", "To be determined"),
	}

	typologies = []Option{
		option("civil", "Etat civil (ex : nom, sexe, date de naissance, âge...)", "Civil status (name, sex, birth date, age…)"),
		option("nir", "NIR (Numéro d'Inscription au Répertoire)", "NIR (social security number)"),
		option("contact", "Coordonnées (ex : adresse postale ou électronique, numéros de téléphone fixe ou portable...)", "Contact details (postal or e-mail address, phone numbers…)"),
		option("access", "Données d’identification ou d’accès (ex : identifiant, mot de passe, numéro client...)", "Identification or access data (login, password, customer number…)"),
		option("financial", "Données relatives à des informations financières (ex : revenus, numéro de carte de crédit, coordonnées bancaires), économiques", "Financial (income, credit card number, bank details) or economic data"),
		option("documents", "Documents officiels (Passeports, pièces d’identité, etc.)", "Official documents (passports, identity papers…)"),
		option("location", "Données de localisation", "Location data"),
		option("offences", "Données relatives à des infractions, condamnations, mesures de sûreté", "Data on offences, convictions, security measures"),
		option("unknown", "Les données concernées ne sont pas connues pour le moment", "The data concerned are not known yet"),
		option("other", "La violation concerne d'autres données", "The breach concerns other data"),
	}

	sensitive = []Option{
		option("none", "Aucune", "None"),
		option("origin", "Origine raciale ou ethnique", "Racial or ethnic origin"),
		option("political", "Opinions politiques", "Political opinions"),
		option("religious", "Opinions philosophiques ou religieuses", "Philosophical or religious beliefs"),
		option("union", "Appartenance syndicale", "Trade union membership"),
		option("sexual", "Vie ou orientation sexuelle", "Sex life or sexual orientation"),
		option("health", "Données de santé", "Health data"),
		option("biometric", "Données biométriques", "Biometric data"),
		option("genetic", "Données génétiques", "Genetic data"),
	}

	peoples = []Option{
		option("employees", "Employés (anciens, actuels, candidats)", "Employees (former, current, candidates)"),
		option("users", "Utilisateurs", "Users"),
		option("members", "Adhérents ou abonnés", "Members or subscribers"),
		option("students", "Étudiants ou élèves", "Students or pupils"),
		option("military", "Personnel militaire ou des forces de l’ordre", "Military or law enforcement staff"),
		option("customers", "Clients (actuels ou potentiels)", "Customers (current or potential)"),
		option("patients", "Patients", "Patients"),
		option("minors", "Mineurs", "Minors"),
		option("vulnerable", "Personnes vulnérables", "Vulnerable people"),
		option("unknown", "Pas déterminé pour le moment", "Not determined yet"),
		option("other", "Autres", "Others"),
	}

	impacts = []Option{
		option("control", "Perte de contrôle sur leurs données personnelles", "Loss of control over their personal data"),
		option("rights", "Limitation de leurs droits", "Limitation of their rights"),
		option("discrimination", "Discrimination", "Discrimination"),
		option("identity", "Vol d'identité", "Identity theft"),
		option("fraud", "Fraude", "Fraud"),
		option("pseudonyms", "Levée non autorisée de la pseudonymisation", "Unauthorised reversal of pseudonyms"),
		option("money", "Pertes financières", "Financial loss"),
		option("reputation", "Atteinte à la réputation", "Damage to reputation"),
		option("secrecy", "Perte de la confidentialité de données protégées par un secret professionnel", "Loss of confidentiality of data under professional secrecy"),
		option("other", "Autre", "Other"),
		option("disclosure", "Divulgation à des tiers non autorisés", "Disclosure to third parties without a right to it"),
		option("disadvantage", "Désavantage économique ou social important", "Grave economic or social disadvantage"),
		option("harm", "Atteinte physique ou morale", "Physical or mental harm"),
		option("property", "Dommage aux biens", "Damage to property"),
		option("open", "À déterminer", "To be determined"),
	}

	gravities = []Option{
		option("negligible", "Négligeable", "Negligible"),
		option("limited", "Limité", "Limited"),
		option("significant", "Important", "Significant"),
		option("maximum", "Maximal", "Maximum"),
	}

	informed = []Option{
		option("yes", "Oui, les personnes ont été informées", "Yes, they have been told"),
		option("planned", "Non, mais elles le seront", "No, but they will be"),
		option("no", "Non ils ne le seront pas", "No, they will not be"),
		option("open", "Non déterminé pour le moment", "Not determined yet"),
	}

	means = []Option{
		option("individual", "Communication individuelle (courrier, courriel, message)", "To each person (letter, e-mail, message)"),
		option("public", "Communication publique (site, presse, réseaux sociaux)", "To the public (site, press, social networks)"),
		option("other", "Autre", "Other"),
	}

	precisions = []Option{
		option("exact", "Nombre exact", "Exact number"),
		option("approximate", "Nombre approximatif", "Approximate number"),
		option("undeterminable", "Ne peut être déterminé", "Cannot be determined"),
		option("open", "À déterminer", "To be determined"),
	}

	functions = []Option{
		option("dpo", "Délégué à la protection des données", "Data protection officer"),
		option("legal", "Représentant légal", "Legal representative"),
		option("other", "Autre personne mandatée", "Another person with a mandate"),
	}

	safeguards = []Option{
		option("pseudonyms", "Pseudonymisation", "Pseudonyms"),
		option("backup", "Sauvegardes, plan de reprise", "Backups, recovery plan"),
		option("encryption", "Chiffrement", "Encryption"),
		option("policies", "Règles de protection des données et de sécurité", "Rules on data protection and security"),
		option("training", "Formation à la protection des données et à la sécurité", "Training in data protection and security"),
		option("log", "Journal des incidents", "Log of incidents"),
		option("levels", "Niveaux d’accès aux données", "Levels of access to data"),
		option("logical", "Contrôle d’accès logique (double authentification par exemple)", "Logical access control (a second factor for example)"),
		option("audits", "Audits périodiques", "Audits at intervals"),
		option("physical", "Contrôle d’accès physique", "Physical access control"),
		option("updates", "Systèmes tenus à jour", "Systems kept up to date"),
		option("other", "Autres mesures", "Other measures"),
		option("anonymity", "Anonymisation", "Anonymisation"),
		option("processes", "Changement de procédures", "Changed procedures"),
		option("erasure", "Effacement des données", "Erasure of the data"),
	}

	sectors = []Option{option("private", "Privé", "Private"), option("public", "Public", "Public")}

	// activities are the sections of the French nomenclature (NAF), as the open data has them.
	activities = []Option{
		option("A", "Agriculture, sylviculture et pêche", "Agriculture, forestry and fishing"),
		option("B", "Industries extractives", "Mining and quarrying"),
		option("C", "Industrie manufacturière", "Manufacturing"),
		option("D", "Production et distribution d'électricité, de gaz, de vapeur et d'air conditionné", "Electricity, gas, steam and air conditioning"),
		option("E", "Production et distribution d'eau ; assainissement, gestion des déchets et dépollution", "Water supply, sewerage, waste"),
		option("F", "Construction", "Construction"),
		option("G", "Commerce ; réparation d'automobiles et de motocycles", "Trade; repair of motor vehicles"),
		option("H", "Transports et entreposage", "Transport and storage"),
		option("I", "Hébergement et restauration", "Accommodation and food"),
		option("J", "Information et communication", "Information and communication"),
		option("K", "Activités financières et d'assurance", "Finance and insurance"),
		option("L", "Activités immobilières", "Real estate"),
		option("M", "Activités spécialisées, scientifiques et techniques", "Professional, scientific and technical activities"),
		option("N", "Activités de services administratifs et de soutien", "Administrative and support services"),
		option("O", "Administration publique", "Public administration"),
		option("P", "Enseignement", "Education"),
		option("Q", "Santé humaine et action sociale", "Health and social work"),
		option("R", "Arts, spectacles et activités récréatives", "Arts, entertainment and recreation"),
		option("S", "Autres activités de services", "Other services"),
		option("T", "Activités des ménages en tant qu'employeurs", "Households as employers"),
		option("U", "Activités extra-territoriales", "Extraterritorial organisations"),
	}
)
