package column

import "constat.example/blind/kind"

// How far header words go, in nats. A name that says a thing plainly outweighs
// the prior and the looks of values, not a checksum that fails.
const (
	plain = 8.0 // says it plainly: date de naissance
	fair  = 6.0
	vague = 4.0
	hint  = 2.5

	maxHeader      = 10.0 // two phrases of one kind say no more than this
	strangerFactor = 0.8  // per word that nothing explains
	otherSubject   = -30. // the words speak of a product, a company, the mother …
	notSaid        = -4.0 // the words speak of other kinds only
	unheard        = -1.5 // there are words, none in the lexicon
)

// lexicon holds what header words speak of, in the words that synonyms
// reduce them to; word order does not matter. A phrase may stand under
// several kinds.
var lexicon = []struct {
	kind    kind.Kind
	weight  float64
	phrases string
}{
	{kind.RecordID, plain, "record id,id personne,id individu,id usager,id client,id patient,id assure,id adherent,id abonne,id citoyen,id utilisateur,id membre,id beneficiaire,id demandeur,id eleve,id etudiant,id salarie,id agent,id contact,id interne,id technique,pk,id pk,person ref,id candidat,id titulaire"},
	{kind.RecordID, fair, "id,record,id unique,id num,client key"},
	{kind.RecordID, hint, "id psp,matricule,uid,num client,ref client,num adherent,num usager,num personne"},

	{kind.Identifier, plain, "code client,code adherent,code patient,code usager,nip,num client,num adherent,num abonne,num assure,num allocataire,num beneficiaire,num patient,num usager,num membre,num personne,num etudiant,num eleve,num agent,num salarie,matricule,ine,rpps,ipp,id psp,num dossier,num contrat,num carte vitale,carte fidelite,num demandeur,id france travail,id pole emploi,id externe,num candidat,id rci,num licence,num licencie"},
	{kind.Identifier, fair, "ref client,ref dossier,id dossier,id caf,num caf,contrat,dossier,num police,uid,ref externe,id national,num neph"},
	{kind.Identifier, vague, "id,id personne,id client,id usager,id utilisateur,record id,ref personne,ref abonne,id patient,id contact"},
	{kind.Identifier, vague, "social securite,social securite num,nir,id social securite,secu,nss,ssn,num secu,ss num"},
	{kind.Identifier, hint, "fiscal num,spi,nif,sorting key,id fiscal"},

	{kind.BirthSurname, plain + 1, "nom naissance,nom jeune fille,nom patronymique,patronyme,maiden name,naissance name,naissance surname,nom fille,njf,nom pat,nom patro,nom famille naissance,maiden surname"},
	{kind.BirthSurname, plain, "nom,surname,last name,family name,nom famille,lname,lastname"},
	{kind.UsedSurname, plain + 1, "nom usage,nom marital,nom epouse,nom epoux,married name,usage name,nom usuel,usage surname,married surname,nom mari"},
	{kind.UsedSurname, vague, "nom,surname,last name,family name,nom famille,lname,lastname"},
	{kind.GivenNames, plain + 1, "prenom,given name,first name,forename,christian name,fname,middle name,prenom usuel,prenom usage,prenom naissance,prenom etat civil,given,prenom 2,prenom 3"},
	{kind.FullName, plain + 1, "nom prenom,nom complet,full name,surname given name,name surname,last name first name,nom name,identite,nom usage prenom,nom naissance prenom,name full,nom prenom usage,etat civil,denomination personne,display name,cn,client name,nom client complet"},
	{kind.FullName, fair, "name,titulaire,nom titulaire"},
	{kind.FullName, vague, "nom client,nom personne,nom beneficiaire,nom usager,nom patient"},
	{kind.BirthSurname, fair, "nom client,nom personne,nom beneficiaire,nom usager,nom patient,nom titulaire,nom assure,nom adherent,nom abonne"},
	{kind.BirthSurname, vague, "name"},

	{kind.Sex, plain, "sexe,genre,civilite,code sexe,libelle civilite,salutation,code civilite"},
	{kind.Sex, vague, "title,titre,prefix,formule"},

	{kind.BirthDate, plain + 1, "date naissance,ddn,dob,birthday,anniversaire,date naissance client"},
	{kind.BirthDate, fair, "naissance,ne,annee naissance,ne le"},
	{kind.BirthPlace, plain + 1, "lieu naissance,commune naissance,ville naissance,libelle commune naissance,libelle lieu naissance,nom commune naissance,localite naissance"},
	{kind.BirthPlaceCode, plain + 1, "insee naissance,code commune naissance,code lieu naissance,code insee naissance,commune insee naissance,insee lieu naissance,code ville naissance,codgeo naissance,code insee commune naissance,cog naissance,lieu insee naissance,code insee lieu naissance"},
	{kind.BirthPlaceCode, fair, "code naissance"},
	{kind.BirthCountry, plain + 1, "pays naissance,code pays naissance,libelle pays naissance"},

	{kind.NIR, plain + 1, "nir,num secu,securite social,num securite social,nss,ssn,num ss,secu,num insee,secu social,num secu social,nia,nnp,niss,immatriculation social,num immatriculation social,id securite social,social num"},
	{kind.TaxNumber, plain + 1, "spi,num fiscal,nif,num fiscal ref,fiscal num ref,tax num,id fiscal,tin,fiscal ref,fiscal,num spi,id spi,num foyer fiscal,numfip"},

	{kind.Email, plain + 1, "mail,adresse mail,adresse electronique,courrier electronique,id mail"},
	{kind.Email, hint, "contact"},
	{kind.Phone, plain + 1, "tel,portable,mobile,gsm,tel fixe,tel mobile,tel portable,tel port,port,tel fix,fax,cell,msisdn,num tel,num portable,num mobile,fixe,tel domicile,tel travail,ligne fixe,tel pro,whatsapp"},
	{kind.Phone, hint, "contact"},

	{kind.Address, plain, "adresse,rue,voie,street,libelle voie,adresse 1,adresse ligne 1,ligne adresse,nom voie,street name,adresse complete,domicile,adresse postal,nom rue,adresse domicile,adresse street,street 1,adresse voie,libelle rue,ligne 4,adresse residence,ligne adresse 1,adresse ligne"},
	{kind.Address, vague, "ligne 1,residence"},
	{kind.HouseNumber, plain, "num voie,num rue,num street,num house,num maison,house,num adresse,num dans voie,street nb"},
	{kind.AddressExtra, plain + 1, "complement adresse,complement,adresse 2,adresse 3,adresse 4,batiment,appartement,etage,lieu dit,escalier,adresse ligne 2,adresse ligne 3,ligne adresse 2,ligne adresse 3,ligne 2,ligne 3,street 2,complement geographique,residence batiment"},
	{kind.AddressExtra, hint, "building,unit,flat,floor,bp"},
	{kind.PostCode, plain + 1, "code postal,cp,zip,code zip,code postcode,postcode,plz,post code,adresse postal code,adresse code postal,cp ville,code postal num"},
	{kind.City, plain, "ville,commune,localite,suburb,municipality,libelle commune,nom commune,acheminement,libelle acheminement,bureau distributeur,ville residence,commune residence,nom ville,libelle ville,adresse ville,adresse commune,domicile commune,domicile ville,libelle localite"},
	{kind.CityCode, plain + 1, "code commune,commune insee,code insee,depcom,codgeo,code insee commune,code commune insee,insee ville,code ville,adresse insee,code commune residence,insee residence,adresse code insee,com insee"},
	{kind.CityCode, fair, "insee,cog"},
	{kind.Region, plain, "departement,region,state,province,county,counties,code departement,code region,num departement,libelle departement,libelle region,nom departement,nom region,departement residence"},
	{kind.Country, plain, "pays,code pays,libelle pays,pays residence,nom pays,adresse pays,code iso pays"},

	{kind.IBAN, plain + 1, "iban,num iban"},
	{kind.IBAN, fair, "rib,compte bancaire,bank account,coordonnees bancaires,num compte bancaire,num rib"},
	{kind.IBAN, vague, "num compte"},
	{kind.PaymentCard, plain + 1, "carte bancaire,num carte bancaire,pan,num pan,cb,num cb,carte credit,num carte credit,carte debit,num carte debit,carte paiement,num carte paiement,cc num,ccn,cc,carte pan,carte bleue,num carte bleue"},
	{kind.PaymentCard, vague, "carte,num carte"},
	{kind.IDCard, plain + 1, "cni,carte identite,num cni,num carte identite,carte id,cnie,num piece identite,piece identite,carte identite national,num titre identite"},
	{kind.IDCard, hint, "id national"},
	{kind.Passport, plain + 1, "passeport,num passeport"},
	{kind.Permit, plain + 1, "permis,permis conduire,num permis,num permis conduire,neph,num neph,driving licence,driver licence,num driving licence,num driver licence"},
	{kind.SIRET, plain + 1, "siret,siren,num siret,num siren,siret entreprise,siren entreprise,siret societe,siret employeur"},

	{kind.Login, plain, "login,user name,nom utilisateur,pseudo,id connexion,account name,screen name,handle,upn,samaccountname,compte utilisateur,identifiant login,nickname,id login,name utilisateur"},
	{kind.Login, vague, "user,utilisateur,compte,account,id user,id compte,alias"},
	{kind.Password, plain, "password,mot passe,mdp,pwd,passe,hash,md5,sha1,sha256,sha512,bcrypt,passhash,password hash,empreinte,pass,hash mot passe,mdp hash,argon2,secret"},
	{kind.IPAddress, plain, "ip,adresse ip,ip client,remote adresse,ipv4,ipv6,ip source,last ip,derniere ip,ip connexion"},
	{kind.DateTime, plain + 1, "date creation,date modification,date inscription,date commande,date derniere connexion,derniere connexion,last login,last seen,timestamp,horodatage,date deces,date debut,date fin,date entree,date sortie,date effet,date adhesion,date achat,date heure,date dernier achat,date paiement,date facture,date rdv,date visite,date radiation,date mariage,date delivrance,date expiration,date signature,date connexion,date import,date operation,last connexion,connexion"},
	{kind.DateTime, fair, "date,datetime,at creation,at modification,at,heure,time,creation,modification,inscription,deces,expiration"},
	{kind.FreeText, plain, "note,commentaire,remarque,observation,description,message,memo,bio,texte,detail,texte libre,zone libre,corps,corps message,body,contenu,content,compte rendu,historique echange"},
	{kind.FreeText, fair, "motif,raison,sujet,objet"},

	{kind.Unknown, plain + 1, "raison social,serie num,serial num,serie,serial,lot,num lot,prefix tel,code tel,ref,imei,departement naissance,region naissance,code postal naissance,cp naissance,heure naissance,rang naissance,jour naissance,mois naissance,type voie,nationalite,indicatif,code produit,ref produit,id produit,id commande,num commande,num facture,id facture,ref commande,type carte,carte type,expiration carte,carte fin,titulaire carte,cvv,cvc,cryptogramme,type adresse,qualite adresse,type piece,type tel,user agent,code naf,naf,code pays tel,id session,session,id transaction,num transaction,ref transaction,id agence,code agence,id adresse,id ville,id commune,id pays,id region,id magasin,id langue,id categorie,id produit,id paiement,id facture,id table,colis,num colis,suivi,num suivi,tracking,num tracking,id tracking,ref colis,num ligne,ligne,id ligne,row,rownum,rang,index,ordre,num ordre,uuid,guid,token,id uuid,code banque,code guichet,cle,cle rib,cle nir,cle secu,bic,swift,latitude,longitude,coordonnees,geoloc,annee,mois,jour,salt,id statut,code statut,id type,code type,etat,etat dossier"},
	{kind.Unknown, hint, "code"},
	{kind.Unknown, fair, "montant,prix,total,solde,quantite,nb,statut,type,categorie,age,score,note num,taux,pourcentage,duree,taille,poids,actif,flag,optin,newsletter,consentement,valide,confirme,version,langue,devise,url,lien,site,image,photo,couleur,marque,modele,niveau,profession,situation,canal,origine,source,poste,metier,diplome,nationality,commande,produit,facture,ean,gtin,sku,barcode,ville agence,csp,revenu,salaire,groupe,role,segment,priorite,classe,lat,lon,lng,points"},
}

// ofAnyone are kinds that stay what they are whoever they belong to: the
// e-mail of an adviser is an e-mail.
var ofAnyone = kind.Set(0).With(kind.Unknown).With(kind.Email).With(kind.Phone).With(kind.IBAN).With(kind.PaymentCard).With(kind.SIRET).
	With(kind.IPAddress).With(kind.DateTime).With(kind.Login)

// synonyms reduces words and abbreviations, French and English, to the one the
// lexicon uses.
var synonyms = map[string]string{
	"naissance":       "naiss nais birth nai born",
	"date":            "dt dat dte",
	"num":             "numero number no n nr numer nro nbr",
	"nb":              "nombre count qty",
	"tel":             "telephone phone phonenumber telph tph telno",
	"mail":            "email courriel mel emailaddress mels",
	"adresse":         "address adr addr adrs add adress",
	"code":            "cod cd cde",
	"postal":          "pos postale postaux",
	"postcode":        "codpos codepostal zipcode codepost cpostal",
	"libelle":         "lib label libel lbl",
	"commune":         "com comm communes",
	"ville":           "city cities town towns vil villes",
	"localite":        "locality loc",
	"pays":            "country countries nation ctry",
	"departement":     "dept dep dpt",
	"region":          "reg regions",
	"prenom":          "pren prn prnom firstname forenames givenname givennames pnom",
	"nom":             "noms",
	"usage":           "usg used usa usag",
	"sexe":            "sex sx",
	"genre":           "gender",
	"civilite":        "civ",
	"lieu":            "place",
	"id":              "ident identifier identifiant ids",
	"record":          "rec enregistrement",
	"ref":             "reference refer",
	"client":          "customer cli cust clt clients",
	"personne":        "person pers people",
	"utilisateur":     "util",
	"membre":          "member",
	"etudiant":        "student",
	"salarie":         "employee employe",
	"contrat":         "contract",
	"dossier":         "case",
	"fiscal":          "tax fiscale impot impots taxe",
	"social":          "sociale soc",
	"securite":        "security sec",
	"passeport":       "passport",
	"identite":        "identity",
	"licence":         "license",
	"driver":          "drivers",
	"carte":           "card",
	"piece":           "document doc",
	"compte":          "acct",
	"password":        "passwd passwrd",
	"connexion":       "logon signin connection",
	"derniere":        "dernier dern",
	"creation":        "created create crea cree creat",
	"modification":    "updated update modified modif maj mod",
	"inscription":     "registered registration signup insc enregistree",
	"deces":           "death dcd",
	"debut":           "start deb",
	"fin":             "end",
	"commentaire":     "comment comments commentaires",
	"remarque":        "remark remarks remarques",
	"note":            "notes",
	"observation":     "observations obs",
	"texte":           "text",
	"batiment":        "bat bldg",
	"appartement":     "apt appt apartment",
	"etage":           "etg",
	"complement":      "cplt compl complements cpl comp",
	"voie":            "voies",
	"rue":             "rues",
	"montant":         "amount mt mnt",
	"prix":            "price",
	"quantite":        "quantity qte",
	"statut":          "status stat",
	"categorie":       "category categ",
	"commande":        "order orders cmd",
	"produit":         "product prod article item",
	"facture":         "invoice fact",
	"annee":           "year an annees",
	"mois":            "month",
	"jour":            "day",
	"langue":          "language lang",
	"devise":          "currency",
	"actif":           "active enabled",
	"nationalite":     "nationality",
	"residence":       "resid",
	"marital":         "maritale",
	"domicile":        "home",
	"externe":         "external ext",
	"interne":         "internal",
	"usager":          "usagers",
	"assure":          "insured",
	"abonne":          "subscriber",
	"heure":           "hour",
	"age":             "ages",
	"confirme":        "confirmed verified verifie",
	"consentement":    "consent rgpd gdpr",
	"longitude":       "long",
	"electronique":    "electronic",
	"travail":         "work",
	"pro":             "professionnel",
	"solde":           "balance",
	"transaction":     "txn trx",
	"type":            "typ",
	"valide":          "valid",
	"motif":           "motifs",
	"description":     "desc descr",
	"sujet":           "subject",
	"niveau":          "level",
	"municipality":    "municipalite",
	"detail":          "details",
	"unique":          "uniq",
	"geographique":    "geo",
	"immatriculation": "immat",
	"paiement":        "payment pay",
}

// stopWords carry nothing in a header.
const stopWords = "de du d des la le les l of the a au aux et and en in son sa ses your my votre"

// neutralWords do not make a header say less.
const neutralWords = `client usager utilisateur user assure patient adherent abonne personne individu contact membre
beneficiaire demandeur agent salarie eleve etudiant citoyen titulaire candidat num code libelle champ col column field value valeur
actuel actuelle principal principale perso personnel personnelle domicile residence current main primary pro travail
str txt tb tbl t c f s fk src raw nom name brut format iso fr usuel complet full actuelles data info ligne`

// otherWords turn a header to somebody or something else than the person the
// row is about.
const otherWords = `fichier file filename produit article societe entreprise company organisme banque bank agence magasin
store shop commercial conseiller adviser advisor mere pere mother father conjoint spouse epx enfant child parent tuteur
facture commande session table schema medecin doctor employeur employer raison denomination etablissement ecole
school host hostname server serveur domaine domain device appareil navigateur browser application app projet project
service equipe team groupe group marque brand modele model vendeur seller merchant payee marchand film movie book livre inventory stock rental booking reservation paiement fournisseur supplier livreur event evenement
campagne campaign machine parrain urgence emergency vehicule vehicle animal pet gestionnaire manager operateur hotel`
