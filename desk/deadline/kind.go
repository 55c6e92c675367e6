package deadline

import "slices"

// Kind is what happened: the closed list that rules and cases speak of.
type Kind string

// The kinds of events. Told is how the one who is told sees ToldController: it is
// never written down.
const (
	Signal        Kind = "signal"
	Investigation Kind = "investigation"
	Known         Kind = "known"
	Aware         Kind = "aware"
	NotOurs       Kind = "not_ours"
	Withdrawn     Kind = "withdrawn" // takes the event that it corrects back

	ToldController Kind = "told_controller"
	Told           Kind = "told"

	NoRisk               Kind = "no_risk"
	HighRisk             Kind = "high_risk"
	NoHighRisk           Kind = "no_high_risk"
	ExemptUnintelligible Kind = "exempt_unintelligible"
	ExemptRemoved        Kind = "exempt_removed"
	ExemptPublic         Kind = "exempt_public"
	Restricted           Kind = "restricted"

	Notified    Kind = "notified"
	Completed   Kind = "completed"
	Ordered     Kind = "ordered"
	PersonsTold Kind = "persons_told"
	Published   Kind = "published"

	TelecomNotified  Kind = "telecom_notified"
	TelecomCompleted Kind = "telecom_completed"

	Significant      Kind = "significant"
	NotSignificant   Kind = "not_significant"
	NIS2Warned       Kind = "nis2_warned"
	NIS2Notified     Kind = "nis2_notified"
	NIS2Asked        Kind = "nis2_asked"
	NIS2Intermediate Kind = "nis2_intermediate"
	NIS2Progress     Kind = "nis2_progress"
	NIS2Final        Kind = "nis2_final"
	RecipientsTold   Kind = "recipients_told"
	Ended            Kind = "ended"

	Major            Kind = "major"
	NotMajor         Kind = "not_major"
	DORAInitial      Kind = "dora_initial"
	DORAIntermediate Kind = "dora_intermediate"
	Recovered        Kind = "recovered"
	DORAUpdated      Kind = "dora_updated"
	DORAFinal        Kind = "dora_final"
	ClientsTold      Kind = "clients_told"

	Complaint      Kind = "complaint"
	ProsecutorTold Kind = "prosecutor_told"
	ANSSITold      Kind = "anssi_told"
	HealthTold     Kind = "health_told"
)

// KindInfo is a kind with its words: a noun phrase that stands after "from" and in
// lists.
type KindInfo struct {
	Kind  Kind  `json:"kind"`
	Words Words `json:"words"`
}

var kinds = []KindInfo{
	{Signal, pair("le signal", "the signal")},
	{Investigation, pair("l’ouverture de l’enquête interne", "the opening of the investigation")},
	{Known, pair("la connaissance de l’incident", "the knowledge of the incident")},
	{Aware, pair("la prise de connaissance de la violation", "the awareness of the breach")},
	{NotOurs, pair("le constat que la violation n’est pas la sienne", "the finding that the breach is not theirs")},
	{Withdrawn, pair("le retrait d’un événement", "the withdrawal of an event")},
	{ToldController, pair("l’information du responsable de traitement", "telling the controller")},
	{Told, pair("l’information reçue du sous-traitant", "being told by the processor")},
	{NoRisk, pair("la décision « risque improbable »", "the decision “no risk likely”")},
	{HighRisk, pair("la décision « risque élevé probable »", "the decision “high risk likely”")},
	{NoHighRisk, pair("la décision « pas de risque élevé probable »", "the decision “no high risk likely”")},
	{ExemptUnintelligible, pair("la décision « données incompréhensibles » (34(3)(a))", "the decision “data unintelligible” (34(3)(a))")},
	{ExemptRemoved, pair("la décision « risque élevé écarté depuis » (34(3)(b))", "the decision “high risk removed since” (34(3)(b))")},
	{ExemptPublic, pair("la décision « efforts disproportionnés » (34(3)(c))", "the decision “disproportionate effort” (34(3)(c))")},
	{Restricted, pair("la limitation par la loi de l’information des personnes", "the restriction by law of telling people")},
	{Notified, pair("la notification à l’autorité de contrôle", "the notification to the supervisory authority")},
	{Completed, pair("la notification complémentaire", "the complementary notification")},
	{Ordered, pair("l’ordre de l’autorité", "the authority's order")},
	{PersonsTold, pair("l’information des personnes", "telling the people")},
	{Published, pair("la communication publique", "the public communication")},
	{TelecomNotified, pair("la première notification (règlement 611/2013)", "the first notification (Regulation 611/2013)")},
	{TelecomCompleted, pair("la seconde notification (règlement 611/2013)", "the second notification (Regulation 611/2013)")},
	{Significant, pair("la connaissance d’un incident important (NIS2)", "the awareness of a significant incident (NIS2)")},
	{NotSignificant, pair("la décision « incident non important » (NIS2)", "the decision “incident not significant” (NIS2)")},
	{NIS2Warned, pair("l’alerte précoce (NIS2)", "the early warning (NIS2)")},
	{NIS2Notified, pair("la notification d’incident (NIS2)", "the incident notification (NIS2)")},
	{NIS2Asked, pair("la demande d’un rapport intermédiaire (NIS2)", "the request for an intermediate report (NIS2)")},
	{NIS2Intermediate, pair("le rapport intermédiaire (NIS2)", "the intermediate report (NIS2)")},
	{NIS2Progress, pair("le rapport d’avancement (NIS2)", "the progress report (NIS2)")},
	{NIS2Final, pair("le rapport final (NIS2)", "the final report (NIS2)")},
	{RecipientsTold, pair("l’information des destinataires des services", "telling the recipients of the services")},
	{Ended, pair("la fin du traitement de l’incident", "the end of the handling of the incident")},
	{Major, pair("le classement comme incident majeur (DORA)", "the classification as major (DORA)")},
	{NotMajor, pair("la décision « incident non majeur » (DORA)", "the decision “incident not major” (DORA)")},
	{DORAInitial, pair("la notification initiale (DORA)", "the initial notification (DORA)")},
	{DORAIntermediate, pair("le rapport intermédiaire (DORA)", "the intermediate report (DORA)")},
	{Recovered, pair("la reprise de l’activité normale", "the recovery of regular activities")},
	{DORAUpdated, pair("le rapport intermédiaire mis à jour (DORA)", "the updated intermediate report (DORA)")},
	{DORAFinal, pair("le rapport final (DORA)", "the final report (DORA)")},
	{ClientsTold, pair("l’information des clients", "telling the clients")},
	{Complaint, pair("le dépôt de plainte", "the complaint")},
	{ProsecutorTold, pair("l’avis au procureur", "the report to the prosecutor")},
	{ANSSITold, pair("le signalement à l’ANSSI", "the report to ANSSI")},
	{HealthTold, pair("le signalement à l’ARS et au CERT Santé", "the report to the health agency and CERT Santé")},
}

// Kinds lists the kinds that a case may hold, in the order of an incident.
func Kinds() []KindInfo {
	return slices.DeleteFunc(slices.Clone(kinds), func(k KindInfo) bool { return k.Kind == Told })
}

// Words is the kind for people.
func (k Kind) Words() Words {
	for _, info := range kinds {
		if info.Kind == k {
			return info.Words
		}
	}
	return Words{}
}

// known reports whether there is such a kind.
func (k Kind) known() bool { return k.Words() != Words{} }
