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
	{Signal, Words{"le signal", "the signal"}},
	{Investigation, Words{"l’ouverture de l’enquête interne", "the opening of the investigation"}},
	{Known, Words{"la connaissance de l’incident", "the knowledge of the incident"}},
	{Aware, Words{"la prise de connaissance de la violation", "the awareness of the breach"}},
	{NotOurs, Words{"le constat que la violation n’est pas la sienne", "the finding that the breach is not theirs"}},
	{Withdrawn, Words{"le retrait d’un événement", "the withdrawal of an event"}},
	{ToldController, Words{"l’information du responsable de traitement", "telling the controller"}},
	{Told, Words{"l’information reçue du sous-traitant", "being told by the processor"}},
	{NoRisk, Words{"la décision « risque improbable »", "the decision “no risk likely”"}},
	{HighRisk, Words{"la décision « risque élevé probable »", "the decision “high risk likely”"}},
	{NoHighRisk, Words{"la décision « pas de risque élevé probable »", "the decision “no high risk likely”"}},
	{ExemptUnintelligible, Words{"la décision « données incompréhensibles » (34(3)(a))", "the decision “data unintelligible” (34(3)(a))"}},
	{ExemptRemoved, Words{"la décision « risque élevé écarté depuis » (34(3)(b))", "the decision “high risk removed since” (34(3)(b))"}},
	{ExemptPublic, Words{"la décision « efforts disproportionnés » (34(3)(c))", "the decision “disproportionate effort” (34(3)(c))"}},
	{Restricted, Words{"la limitation par la loi de l’information des personnes", "the restriction by law of telling people"}},
	{Notified, Words{"la notification à l’autorité de contrôle", "the notification to the supervisory authority"}},
	{Completed, Words{"la notification complémentaire", "the complementary notification"}},
	{Ordered, Words{"l’ordre de l’autorité", "the authority's order"}},
	{PersonsTold, Words{"l’information des personnes", "telling the people"}},
	{Published, Words{"la communication publique", "the public communication"}},
	{TelecomNotified, Words{"la première notification (règlement 611/2013)", "the first notification (Regulation 611/2013)"}},
	{TelecomCompleted, Words{"la seconde notification (règlement 611/2013)", "the second notification (Regulation 611/2013)"}},
	{Significant, Words{"la connaissance d’un incident important (NIS2)", "the awareness of a significant incident (NIS2)"}},
	{NotSignificant, Words{"la décision « incident non important » (NIS2)", "the decision “incident not significant” (NIS2)"}},
	{NIS2Warned, Words{"l’alerte précoce (NIS2)", "the early warning (NIS2)"}},
	{NIS2Notified, Words{"la notification d’incident (NIS2)", "the incident notification (NIS2)"}},
	{NIS2Asked, Words{"la demande d’un rapport intermédiaire (NIS2)", "the request for an intermediate report (NIS2)"}},
	{NIS2Intermediate, Words{"le rapport intermédiaire (NIS2)", "the intermediate report (NIS2)"}},
	{NIS2Progress, Words{"le rapport d’avancement (NIS2)", "the progress report (NIS2)"}},
	{NIS2Final, Words{"le rapport final (NIS2)", "the final report (NIS2)"}},
	{RecipientsTold, Words{"l’information des destinataires des services", "telling the recipients of the services"}},
	{Ended, Words{"la fin du traitement de l’incident", "the end of the handling of the incident"}},
	{Major, Words{"le classement comme incident majeur (DORA)", "the classification as major (DORA)"}},
	{NotMajor, Words{"la décision « incident non majeur » (DORA)", "the decision “incident not major” (DORA)"}},
	{DORAInitial, Words{"la notification initiale (DORA)", "the initial notification (DORA)"}},
	{DORAIntermediate, Words{"le rapport intermédiaire (DORA)", "the intermediate report (DORA)"}},
	{Recovered, Words{"la reprise de l’activité normale", "the recovery of regular activities"}},
	{DORAUpdated, Words{"le rapport intermédiaire mis à jour (DORA)", "the updated intermediate report (DORA)"}},
	{DORAFinal, Words{"le rapport final (DORA)", "the final report (DORA)"}},
	{ClientsTold, Words{"l’information des clients", "telling the clients"}},
	{Complaint, Words{"le dépôt de plainte", "the complaint"}},
	{ProsecutorTold, Words{"l’avis au procureur", "the report to the prosecutor"}},
	{ANSSITold, Words{"le signalement à l’ANSSI", "the report to ANSSI"}},
	{HealthTold, Words{"le signalement à l’ARS et au CERT Santé", "the report to the health agency and CERT Santé"}},
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

func (k Kind) known() bool { return k.Words() != Words{} }
