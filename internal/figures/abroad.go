package figures

// abroad is the approximate share, per thousand, of each country among the
// people born abroad who live in France, after INSEE's count of immigrants by
// country of birth; French people born in Algeria, Morocco and Tunisia before
// independence are counted in. Other countries share what is left evenly.
var abroad = map[string]uint64{
	"99352": 185, // Algeria
	"99350": 140, // Morocco
	"99139": 80,  // Portugal
	"99351": 60,  // Tunisia
	"99127": 38,  // Italy
	"99208": 34,  // Turkey
	"99134": 34,  // Spain
	"99109": 30,  // Germany
	"99131": 22,  // Belgium
	"99132": 20,  // United Kingdom
	"99341": 18,  // Senegal
	"99326": 17,  // Ivory Coast
	"99322": 14,  // Cameroon
	"99335": 13,  // Mali
	"99114": 13,  // Romania
	"99216": 13,  // China
	"99243": 12,  // Viet Nam
	"99333": 11,  // Madagascar
	"99122": 11,  // Poland
	"99312": 11,  // Congo (Kinshasa)
	"99324": 10,  // Congo (Brazzaville)
	"99330": 9,   // Guinea
	"99410": 9,   // Haiti
	"99123": 8,   // Russia
	"99416": 8,   // Brazil
	"99397": 8,   // Comoros
	"99404": 7,   // United States
	"99140": 6,   // Switzerland
	"99205": 6,   // Lebanon
	"99390": 6,   // Mauritius
	"99235": 6,   // Sri Lanka
	"99125": 5,   // Albania
	"99234": 5,   // Cambodia
	"99212": 5,   // Afghanistan
	"99157": 5,   // Kosovo
}
