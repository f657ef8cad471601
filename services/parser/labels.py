"""The words of the field in the languages that are read: labels of facts, headings, and what is no job title.

All are folded (`normalise.text.fold`): lower case, no accents.
"""

import re

from quiethire.domain.words import fold
from services.parser.wordlist import Phrases, any_of


def _words(*packed: str) -> frozenset[str]:
    return frozenset(fold(word) for words in packed for word in words.split("|"))


LABELS: dict[str, frozenset[str]] = {
    "location": _words(
        "base|based|based at|based on|duty location|office locations|work base|job base|base location|location/s|region/location|work city|location of work|place of employment|place of performance|reporting location|home office location|preferred location|store location|geographic location|address|office address|job address|town/city|location & address|adresse|arbeitsadresse|anschrift|dein einsatzort|dienstsitz|lieu de l'emploi|lieu(x) de travail|lieu du stage|ville/region|adresse du poste|site de travail|region/ville|ubicacion/ciudad|lugar de la oferta|zona|zona de trabajo|provincia/ciudad|zona di lavoro|localizzazione|zona lavorativa|indirizzo|cidade/estado|local de atuacao|arbejdsplads|adres|arbeitsregion|vestigingsplaats|werkgebied|standplaats(en)|lokalizacja pracy|mesto vykonu prace|studioort|studieort|tjanstestalle",
        "sijainti|tyopaikka|toimipaikka|paikkakunta|tyoskentelypaikka|город|место работы|местоположение|локация|адрес|регион|місто|місце роботи|lokasyon|sehir|calisma yeri|is yeri|工作地点|工作地點|上班地点|地点|地點|勤務地|勤務場所|就業場所|所在地|근무지|근무지역|근무 장소|munkavegzes helye|helyszin|munkahely|locul de munca|oras|locatie|τοποθεσια|περιοχη|mjesto rada|kraj dela|dia diem|địa điểm|nơi làm việc|lokasi|penempatan|المكان|الموقع|מיקום|สถานที่ทำงาน|ubicacion del trabajo|lugar de la vacante|local da vaga|місто роботи|asukoht|atrasanas vieta|darbo vieta|miesto vykonu prace",
        "location|locations|job location|work location|place of work|place|workplace|city|office|office location|where|based in|"
        "duty station|job locations|sites|site|city name|location name|primary location|location(s)|work locations|working location|job site|posting location|campus|town|"
        "where you will work|where you'll work|position location|city/state|city, state|workplace location|work site|country|state",
        "standort|standorte|arbeitsort|arbeitsorte|einsatzort|einsatzorte|ort|orte|dienstort|stadt|arbeitsplatz|beschaftigungsort|tatigkeitsort|dein arbeitsort|dein standort|"
        "ihr arbeitsort|niederlassung|filiale|region|einsatzgebiet",
        "lieu|lieux|lieu de travail|localisation|ville|lieu du poste|localisation du poste|lieu d'affectation|lieu d'exercice|lieu de mission|implantation|departement/ville|"
        "emplacement|agence|secteur geographique",
        "ubicacion|ubicaciones|localidad|lugar|lugar de trabajo|ciudad|poblacion|provincia|localizacion|centro de trabajo|ubicacion del puesto|municipio|sede de trabajo",
        "ubicacio|localitat|lloc de treball|poblacio|centre de treball|municipi|localizacao|local|locais|local de trabalho|cidade|localidade|morada",
        "sede|sedi|luogo|luogo di lavoro|citta|sede di lavoro|sede lavorativa|localita|provincia/citta|locatie|locaties|standplaats|plaats|werklocatie|werkplek|vestiging|regio",
        "arbejdssted|arbejdssteder|sted|lokation|geografi|by|arbeidssted|arbeidssteder|lokasjon|arbeidslokasjon|arbetsort|arbetsplats|ort|plats|placering|placeringsort|stationeringsort|"
        "kommun|tjanstgoringsort",
        "misto vykonu prace|misto vykonu|misto prace|misto pracoviste|pracoviste|lokalita|mesto|adresa|adresa pracoviste|lokalizacja|lokalizacje|miejsce pracy|miejsce wykonywania pracy|miasto|"
        "siedziba",
    ),
    "salary": _words(
        "wage / salary|wage/salary|salary/wage|salary/pay|pay/salary|salary & package|salary details|salary information|salary per annum|salary pa|salary per year|annual pay|annual compensation|gross salary|salary offer|salary budget|salary from|budget|monthly salary|gross monthly salary|hourly salary|pay details|pay information|pay band|payment|reward|grade/salary|salary/grade|base compensation|cash compensation|wage range|hourly range|hiring range|pay type|gehalt/lohn|gehalt (brutto)|bruttomonatsgehalt|bruttojahresgehalt|monatslohn|jahreslohn|einstiegsgehalt|kv-mindestgehalt|lohn/gehalt|stundensatz|tagessatz|remuneration brute|salaire mensuel|salaire mensuel brut|salaire horaire|salaire annuel brut|gratification|salaire propose|fourchette salariale|salario mensual bruto|salario anual|salario anual bruto|salario ofrecido|sueldo mensual|salario bruto mensual|oferta salarial|oferta economica|retribuzione annua|ral (retribuzione annua lorda)|compenso|inquadramento economico|salario oferecido|faixa de salario|bolsa|valor|brutosalaris|bruto maandsalaris|salaris per maand|salarisrange|bruto per maand|manedslonn|arslonn/lonn|lonn per ar|lonnsniva|loner|lonspann|manadslon/lon|platove ohodnoceni|mzdove ohodnoceni|plat/mzda|wynagrodzenie brutto|stawka godzinowa",
        "ctc|annual ctc|salary (ctc)|renta|renta liquida|renta bruta|sueldo liquido|sueldo ofrecido|remuneracion mensual|salario neto|dagloon|tarif|tarief|uurtarief|时薪|日薪|月薪|年薪|月薪范围|時給|日給|月収|年俸|給与・報酬|想定年収|予定年収|待遇|月薪待遇|工作待遇|시급|월급|급여조건|salariul|salariu brut|salariu net|brutto ber|netto fizetes|maas araligi|palkkaluokka|palkka-arvio"
        "|palkka|palkkaus|зарплата|заработная плата|оплата|оклад|доход|зарплатня|заробітна плата|maas|ucret|薪资|薪酬|薪资待遇|薪资范围|工资|待遇薪资|給与|年収|月給|給料|賃金|급여|연봉|ber|fizetes|salariu|αμοιβη|μισθοσ|placa|lương|mức lương|gaji|الراتب|שכר|เงินเดือน|atalgojums|palk|atlyginimas",
        "salary|salary range|pay|pay range|compensation|compensation range|base salary|wage|hourly rate|rate|remuneration|"
        "annual salary|pay rate|salary/rate|base pay|total compensation|estimated salary|on target earnings|package|ote|salary band|salary grade|salary package|wages|hourly wage|"
        "hourly pay|pay scale|base salary range|compensation package|expected salary|starting salary|rate of pay|salary (gross)|annual base salary|target salary|day rate",
        "gehalt|vergutung|lohn|entgelt|jahresgehalt|bruttogehalt|entlohnung|gehaltsspanne|verdienst|bezahlung|stundenlohn|monatsgehalt|jahresbruttogehalt|gehaltsrahmen|bruttolohn|"
        "mindestgehalt|dein gehalt|ihr gehalt|gehaltsband|bezuge|dotierung",
        "salaire|remuneration|fourchette de salaire|salaire brut|salaire annuel|remuneration annuelle|salaire indicatif|retribution|tjm|salario bruto anual|retribucion bruta|"
        "sueldo bruto|remuneracion bruta|salario mensual|salario|sueldo|retribucion|rango salarial|banda salarial|remuneracion|salario bruto",
        "salari|salari brut|retribucio|remuneracio|salario base|vencimento|ordenado|faixa salarial|retribuzione lorda|stipendio lordo|ral offerta|salarisindicatie|bruto salaris|"
        "salarisschaal|uurloon|maandsalaris|manedslon|arslonn|manadslon|ersattning|platove rozmezi|hruba mzda|nastupni plat|financni ohodnoceni|widelki|widelki placowe|zarobki|"
        "remuneracao|retribuzione|stipendio|ral|salaris|loon|lon|lonn|mzda|plat|odmena|mzdove rozpeti",
        "wynagrodzenie|placa|stawka|pensja",
    ),
    "job_type": _words(
        "hours per week|contracted hours|weekly hours|working pattern|work pattern|pattern of work|employment basis|basis|engagement|engagement type|kind of employment|workload|fte|percentage|employment level|level of employment|job basis|vacancy type|contract status|contract term|term|nature of contract|type of position|type of employment contract|type of work|position status/type|full-time/part-time|full or part time|full/part time|job types|roster type|role type|stellenprozent|stellenprozente|arbeitsumfang|arbeitspensum %|pensum %|anstellungsgrad|beschaftigungsgrad|arbeitszeit/pensum|vertrag|anstellungsform|taux d'activite|taux d'occupation|taux|type d'emploi/contrat|duree hebdomadaire|duree du travail|temps de travail hebdomadaire|statut|tipo de puesto|jornada/horario|tipo de relacion laboral|dedicacion|tipo contratto|tipologia di contratto|orario lavorativo|durata contratto|modelo de contratacao|tipo de contrato/vinculo|regime|carga horaria|jornada de trabalho|aantal uur|soort contract|type dienstverband|type contract|fte/uren|arbeidsomfang|stillingsbrok|omfang|stillingsomfang|stillingsandel|omfattning/varaktighet|tjanstgoringsform|anstallningens omfattning|anstallningsgrad|pracovni doba|forma zamestnani|godziny pracy",
        "contract duration|contract length|type of engagement|work schedule type|modalidad de contrato|modalidad contractual|forma de contratacion|tipo de vinculo|soort aanstelling|soort overeenkomst|type overeenkomst|arbeidsduur|contractduur|ansaettelse|ansettelse|zakonska forma|rodzaj zatrudnienia|wymiar etatu|wymiar czasu pracy|typ pracovniho uvazku|druh pracovneho pomeru|tip contract|tip job|program de lucru|norma de lucru|istihdam sekli|calisma tipi|雇用形態・契約期間|用工类型|工作类别|聘用形式|근무 형태|고용 형태|계약형태"
        "|type of job|employment terms|terms of employment|contract terms|tyosuhde|tyoaika|tyosuhteen muoto|tyosuhteen tyyppi|тип занятости|вид занятости|занятость|график работы|график|форма зайнятості|зайнятість|calisma sekli|istihdam turu|calisma turu|pozisyon turu|工作性质|工作类型|职位类型|雇用形態|雇用区分|契約形態|勤務形態|고용형태|근무형태|munkaido|foglalkoztatas|tip de contract|tip angajare|τυποσ απασχολησησ|ωραριο|vrsta ugovora|radno vrijeme|hình thức|loại hình công việc|tipe pekerjaan|نوع الوظيفة|نوع الدوام|היקף משרה|ประเภทงาน",
        "job type|employment type|type|contract|contract type|time type|position type|employment|schedule|work type|type of contract|"
        "type of employment|hours|working hours|commitment|job schedule|work schedule|working time|full time/part time|employment status|contract duration|duration|job status|"
        "work hours|position status|time commitment|worker type|worker sub-type|employee type|appointment type|tenure|employee status|status|shift",
        "beschaftigungsart|beschaftigungsverhaltnis|beschaftigungsumfang|arbeitsverhaltnis|arbeitszeiten|stellenumfang|stellenart|befristung|wochenstunden|pensum|arbeitspensum|"
        "vertragsform|vertragsdauer|beschaftigung|jobart|anstellungsverhaltnis|zeitmodell|anstellungsart|vertragsart|arbeitszeit|art der anstellung|anstellung|einstellungsart|umfang|arbeitszeitmodell",
        "type de contrat|nature du contrat|duree du contrat|duree|type de poste|rythme|horaires|contrat|tipo de empleo|tipo contrato|duracion del contrato|horario|jornada de trabajo|temps de travail|type d'emploi|tipo de contrato|jornada|contrato|tipo de jornada|jornada laboral",
        "tipus de contracte|tipus de jornada|contracte|durada|tipo de contratacao|vinculo|regime de contratacao|horario de trabalho|tipo di impiego|tipologia contrattuale|"
        "inquadramento|orario di lavoro|disponibilita|soort dienstverband|aantal uren|uren per week|werkuren|contracttype|tipo di contratto|contratto|orario|contractvorm|dienstverband|uren|tipo de vaga",
        "ansaettelsesform|ansaettelsestype|jobtype|ugentlig arbejdstid|timer|ansettelsestype|heltid/deltid|sysselsattningsgrad|anstallningstyp|arbetstid|tjanstgoringsgrad|varaktighet|"
        "ansaettelsesform|arbejdstid|stillingstype|arbeidstid|ansettelsesform|anstallningsform|omfattning|stillingsprocent",
        "typ uvazku|druh uvazku|forma spoluprace|typ smlouvy|pracovnepravni vztah|druh umowy|typ zatrudnienia|forma zatrudnienia|umowa|typ uvazku|uvazek|pracovni pomer|typ pracovniho pomeru|pracovni uvazek|smluvni vztah|typ umowy|rodzaj umowy|wymiar pracy|etat",
    ),
    "workplace": _words(
        "work location model|working arrangements|workplace arrangement|working style|work environment type|working arrangement|place of work type|work format|arbeitsplatzart|arbeitsform|homeoffice-anteil|teletravail partiel|mode de travail (presentiel/teletravail)|organisation du travail|modalidad de trabajo/puesto|presencial/remoto|tipo de modalidad|tipo de trabajo|modelo de trabajo|formato de trabajo|modelo de trabalho|modalidade|modalidade de trabalho|formato de trabalho|tipo de local de trabalho|modalita lavorativa|modalita di svolgimento|werkmodel|arbejdsform|arbeidsform|arbetssatt|model pracy|sposob pracy|forma vykonu prace|rezim prace",
        "формат работы|calisma modeli|tyoskentelytapa|etatyo|формат роботи|リモートワーク|勤務スタイル|办公方式|근무방식",
        "workplace type|remote|remote work|work mode|work model|work arrangement|remote status|workplace|work setting|location type|"
        "work style|remote policy|remote/onsite|on-site/remote|work place type|workplace model|working model|work location type|remote?|remote option|telework|telework eligible|"
        "arbeitsplatzmodell|remote-arbeit|mobiles arbeiten|teletravail possible|modalite de travail|presencialidad|lavoro da remoto|thuiswerken|hjemmearbejde|hjemmekontor|distansarbete|"
        "praca zdalna|praca zdalna/stacjonarna|prace na dalku|home-office|arbeitsmodell|homeoffice|home office|arbeitsweise|teletravail|mode de travail|modalidad",
        "modalidad de trabajo|teletrabajo|modalitat de treball|modalitat|regime de trabalho|modalita di lavoro|modalita|werkvorm|"
        "forma prace|tryb pracy|misto prace z domova",
    ),
    "posted_at": _words(
        "placed on|placed|date added|added|added on|online since|date of posting|posted at|date of publication|publish date|first posted|posted since|advert date|advertised from|advertised on|online from|job added|erstellt|erstellt am|eingestellt|inseriert am|online ab|anzeige vom|publiziert|publikationsdatum|ausgeschrieben seit|publiee|publie|date d'ajout|ajoute le|parue le|date de mise en ligne|mis en ligne|en ligne depuis|fecha|fecha de publicacion de la oferta|publicada desde|data di inserimento|inserito il|inserita il|pubblicato|data annuncio|anunciado em|data da publicacao|publicada a|online vanaf|geplaatst|plaatsingsdatum|datum geplaatst|publicatiedatum vacature|indrykket|publiceret den|opslaet den|publisert den|utlyst|inlagd|publiceringsdag|upplagd|zadano|vlozeno dne|opublikowana|data publikacji oferty|data zamieszczenia",
        "julkaistu|опубликовано|дата публикации|дата размещения|опубліковано|yayin tarihi|ilan tarihi|yayinlanma tarihi|发布时间|发布日期|更新时间|掲載日|公開日|게시일|등록일|kozzeteve|publicat la|data publicarii|δημοσιευθηκε|ημερομηνια δημοσιευσησ|objavljeno|ngày đăng|tanggal posting|diposting|تاريخ النشر|תאריך פרסום|วันที่ประกาศ|zverejnene|paskelbta|publicets|avaldatud",
        "posted|posted on|posted date|job posting date|open date|opening date|listed|listed on|date listed|advertised|date advertised|release date|start of posting|live since|date posted|posting date|published|published on|publication date|date|post date|opened|job posted|created",
        "veroffentlicht|veroffentlicht am|veroffentlichungsdatum|veroffentlichung|online seit dem|ausgeschrieben am|ausschreibungsdatum|inserat vom|anzeigendatum|publiee le|date de parution|"
        "mis en ligne le|publiziert am|online seit|datum|eingestellt am|erschienen am|publie le|date de publication|mise en ligne",
        "publicado|publicado el|publicada el|fecha de alta|publicada em|publicado em|data de inicio da publicacao|publicat el|data pubblicazione|pubblicata il|publicatiedatum|"
        "online sinds|slaet op|opslagsdato|publiceret|publiceringsdatum|publicerat|publisert dato|annonsert|vlozeno|aktualizovano|datum vlozeni|zverejneno dne|dodano|data dodania|"
        "fecha de publicacion|publicada|publicat|data de publicacio|data de publicacao|pubblicato il|data di pubblicazione|"
        "gepubliceerd|geplaatst op|opslaet|oprettet|publisert|publicerad|datum zverejneni|zverejneno|data publikacji|opublikowano",
    ),
    "valid_through": _words(
        "expiry date|expiration date|expires on|expiry|job expires|job expiry date|posting expires|advert expires|advert end date|last date|last date for applications|last day to apply|applications close on|application period ends|gultig bis|anzeige gultig bis|anzeige endet|online bis|date d'expiration|fin des candidatures|fecha de vencimiento|fecha de expiracion|valida hasta|vigencia|valida ate|data de expiracao|expira em|valida fino al|data di chiusura|data scadenza|einddatum vacature|verloopt op|vacature sluit op|utloper|soknadsfrist dato|sista dag att soka|wazna do|oferta wazna do|ogloszenie wazne do|wazne do|data waznosci|platnost do|platnost inzeratu|inzerat platny do|掲載終了日|募集期間|応募締切日|有效期至|有效期|접수마감일|접수마감|마감"
        "|closing date and time|application close|application closes|application end date|apply before date|application due|application due date|closes on|last day to apply|last application date|final date|application deadline date|bewerbungsfrist bis|bewerbungen bis|bewerbungsschluss am|ende der bewerbungsfrist|ablaufdatum|date limite de depot|date limite de depot des candidatures|date limite pour postuler|candidatures jusqu'au|fin de publication|date de fin de publication|fecha fin|fecha limite de postulacion|plazo de inscripcion|data di scadenza|scadenza bando|data de encerramento|inscricoes ate|sluitingsdatum vacature|reageren tot|frist for soknad|sok senast|sista ansokningsdatum|ansok senast|ansokan senast|ansogningsfristen",
        "hakuaika paattyy|haku paattyy|viimeinen hakupaiva|срок подачи|приём заявок до|последний день подачи|son basvuru|son basvuru tarihi|basvuru bitis tarihi|截止日期|截止时间|応募締切|締切|締切日|応募期限|마감일|접수기간|jelentkezesi hatarido|termen limita|data limita|rok za prijavu|rok za prijave|hạn nộp hồ sơ|hạn nộp|batas lamaran|آخر موعد للتقديم|bewerbungsfrist endet am|reageren kan tot|solliciteren tot|candidature avant le|closing date for applications|last date to apply|applications due|uzavierka|kandideerimise tahtaeg|pieteiksanas termins",
        "apply by|deadline|deadline to apply|application closing date|applications close|closing|close date|closing on|end date|apply until|posting end date|posting close date|"
        "bewerbung bis|bewerbungsende|frist|date de cloture|date limite de candidature|cloture|fecha de cierre|plazo|plazo de presentacion|fecha limite de inscripcion|prazo|"
        "data limite|candidaturas ate|termine|scadenza candidature|reageren voor|sluit op|ansogningsfrist den|frist for ansogning|sok senest|soknadsfrist:|sista ansokan|"
        "termin skladani|data wygasniecia|termin aplikowania|uzaverka prihlasek|prihlasky do|application deadline|closing date|closes|valid through|apply before|expires|bewerbungsfrist|bewerbungsschluss|"
        "bewerben bis|date limite|fecha limite|data limit|scadenza|sluitingsdatum|ansogningsfrist|soknadsfrist|sista ansokningsdag|uzaverka",
    ),
    "department": _words(
        "department/team|team/department|department(s)|school/department|faculty|practice|business area|job area|career field|job field|line of business|organizational unit|organisational unit|fachrichtung|fakultat|institut|geschaftsbereich|organisationseinheit|einrichtung|direction|pole|domaine|domaine d'activite|metier/fonction|area funcional|area de trabajo|area aziendale|area de atuacao|afdeling/team|fagomrade|enhed|enhet|forvaltning|verksamhetsomrade|oddeleni/tym|obszar|kategoria",
        "department|department name|career area|practice area|team|function|category|job category|job function|area|division|business unit|job family|discipline|field",
        "abteilung|bereich|fachbereich|tatigkeitsfeld|berufsfeld|einsatzbereich|departement|service|equipe|departamento|area|departament|"
        "dipartimento|reparto|afdeling|vakgebied|avdeling|avdelning|oddeleni|obor|dzial",
    ),
    "title": _words(
        "position|job title|position title|title of position|role title|post title|title|role|vacancy|vacancy title|job position|name of position|designation|job name|post|opening|position name|title of the position|position available",
        "stelle|stellenbezeichnung|stellentitel|berufsbezeichnung|positionsbezeichnung|position/stelle|ausgeschriebene stelle|tatigkeitsbezeichnung|jobtitel|zu besetzende stelle|intitule|intitule du poste|poste|poste a pourvoir|nom du poste|titre du poste|fonction|metier",
        "puesto|puesto de trabajo|cargo|nombre del puesto|titulo del puesto|vacante|puesto vacante|plaza|nom del lloc|lloc|carrec|vaga|funcao|titulo da vaga|nome da vaga|cargo/funcao|posizione|figura ricercata|profilo ricercato|mansione|ruolo|qualifica|titolo",
        "functie|functietitel|functienaam|vacature|stilling|stillingstitel|stillingsbetegnelse|tjanst|befattning|yrkesbenamning|yrke|titel|tyotehtava|tehtavanimike|ammattinimike|pozice|nazev pozice|pracovni pozice|stanowisko|nazwa stanowiska|pozicia|nazov pozicie|munkakor|pozicio|pozitie|postul|functia",
        "должность|вакансия|название вакансии|посада|вакансія|длъжност|позиция|pozisyon|pozisyon adi|kadro|unvan|θεση|θεση εργασιασ|radno mjesto|radno mesto|delovno mesto|职位|職位|职位名称|岗位|岗位名称|招聘职位|招聘岗位|职务|職種|職種名|募集職種|募集ポジション|ポジション|ポジション名|求人名|모집부문|모집직무|직무|직책|포지션|채용직무|vị trí|vị trí tuyển dụng|chức danh|posisi|jabatan|المسمى الوظيفي|الوظيفة|תפקיד|שם המשרה|ตำแหน่ง|ตำแหน่งงาน|ametikoht|amats|pareigos",
    ),
    "company": _words(
        "posted by|company/organisation|organisation/company|organization/company|company/organization|company/institute|institution/company|company/institution|organisation name|university|school|employer/company|company details|recruiting company|name of company|name of the company|unternehmensname|firmenname|trager|dienststelle|dienstherr|nom de l'entreprise|nom de la societe|nom de l'employeur|structure|organisme|organisme recruteur|employeur/organisme|collectivite|nombre de la empresa|compania|nome azienda|nome da empresa|instituicao|naam bedrijf|naam organisatie|opdrachtgever|virksomhedsnavn|bedrift|foretagsnamn|nazev firmy|jmeno firmy|zamestnavatel/firma",
        "company|employer|employer name|hiring organization|about the employer|client|recruiter|institution name|agency|firma/arbeitgeber|etablissement|recruteur|entitat|empresa contratante|"
        "entidad|ente|organisatie|organisationsenhed|arbeidsgivar|arbetsgivarens namn|nazev spolecnosti|firma|nazwa firmy|pracodawca/firma|organization|organisation|company name|hiring company|institution|unternehmen|arbeitgeber|firma|entreprise|"
        "employeur|societe|empresa|empleador|azienda|bedrijf|werkgever|virksomhed|arbejdsgiver|arbeidsgiver|foretag|arbetsgivare|"
        "spolecnost|zamestnavatel|pracodawca",
    ),
}  # fmt: skip
"""Field → what it is labelled with."""

_SECTIONS = any_of(
    "what will you|who are you|what do we|what are we|what we look for|what the job|what the role|interested|role overview|role summary|position summary|position overview|job overview|overview of the role|a day in the life|technical skills|required|we offer|we provide|we're looking for|we are looking for|we expect|we require|how to apply|to apply|application process|recruitment process|hiring process"
    "|what we need|what you need|what you'll do|what you do|what you get|what you'll get|what's in it for you|what we can offer|minimum requirements|you can expect|you have|you are|must have|must haves|must-have|must-haves|nice-to-have|nice to haves|bonus points|bonus|pluses|perks|your skills|your background|your experience|your impact|ideal candidate"
    "|person specification|essential|essentials|desirable|key duties|main duties|key tasks|tasks|key accountabilities|accountabilities|about you|who we're looking for|who we are looking for|the candidate|knowledge|competenc*|compensation|salary|working hours|working conditions|terms of employment|the successful candidate|expectations|education|job details|role description|the work|day to day|day-to-day|why you should apply|in this role|in return|remuneration",
    "das bringst du mit|das bringen sie mit|das solltest du mitbringen|was du mitbringst|was sie mitbringen|du bringst mit|sie bringen mit|das bieten wir|was wir bieten|was wir dir bieten|was wir ihnen bieten|unser angebot|wir bieten dir|wir bieten ihnen|dein profil|ihr profil|das bist du|du bist|du hast|was dich erwartet|was sie erwartet|das erwartet dich|das erwartet sie|wir suchen|wir erwarten|wir wunschen uns"
    "|deine benefits|deine vorteile|ihre vorteile|dein job|ihr job|deine rolle|dein aufgabengebiet|aufgabengebiet|aufgabenbereich|aufgabenschwerpunkte|tatigkeiten|tatigkeitsbeschreibung|voraussetzungen|einstellungsvoraussetzungen|das machst du|das sind deine aufgaben|kontakt und bewerbung|so bewirbst du dich|bewirb dich|bewerbung|interessiert|interesse geweckt|haben wir ihr interesse geweckt|arbeitszeit|vergutung|kenntnisse|darauf kannst du dich freuen|deine chance|beschaftigungsarten",
    "vos missions|vos responsabilites|vos taches|tes missions|ton profil|ton role|le profil|le poste|description du poste|descriptif du poste|profil souhaite|profil attendu|conditions|contexte|competences|competences requises|qualites requises|formation|ce que nous offrons|nous offrons|ce que nous proposons|nous proposons|ce que l'on vous propose|avantages|les avantages|les plus|activites principales|taches principales|taches|exigences|remuneration et avantages|comment postuler|pour postuler|candidature|modalites",
    "responsabilidades|tareas|tus funciones|tus tareas|tu perfil|perfil|perfil buscado|perfil requerido|que ofrecemos|te ofrecemos|se ofrece|que buscamos|que haras|que te ofrecemos|lo que ofrecemos|se requiere|se valora|se valorara|beneficios|condiciones|descripcion del puesto|oferecemos|o que oferecemos|atividades|atribuicoes|descricao|descricao da vaga|sobre a vaga|sobre o cargo|diferenciais|qualificacoes|o que voce vai fazer|o que esperamos|o que procuramos|perfil procurado|pre-requisitos|habilidades|beneficis|tasques|oferim|que oferim|responsabilitats",
    "attivita|attivita principali|principali attivita|responsabilita|compiti|chi cerchiamo|cosa offriamo|cosa farai|che cosa offriamo|si offre|si richiede|cerchiamo|competenze|competenze richieste|profilo|il profilo|il tuo profilo|profilo ideale|requisiti richiesti|condizioni|la risorsa|come candidarsi|cosa ti offriamo|benefit",
    "wat ga je doen|wat je gaat doen|dit ga je doen|dit ga je|wat doe je|wat ga jij doen|wie ben jij|wie ben je|wie zoeken wij|wie zoeken we|wie we zoeken|dit ben jij|wat bieden wij|wat bieden we|wat wij bieden|wat we bieden|wij bieden jou|dit bieden wij|wat wij jou bieden|jouw profiel|je profiel|profiel|wat vragen we|wat vragen wij|wij vragen|wat wij vragen|functie-eisen|functie eisen|wat breng je mee|wat neem je mee|dit breng je mee|taken|je taken|jouw taken|taken en verantwoordelijkheden|verantwoordelijkheden|de functie|over de functie|jouw functie|functieprofiel|functieinhoud|arbeidsvoorwaarden|wat krijg je|dit krijg je|interesse|solliciteren|wat kun je verwachten|wat verwachten wij|aanbod|ons aanbod|vaardigheden|eisen",
    "dine opgaver|opgaver|opgaverne|dine arbejdsopgaver|om jobbet|om stillingen|om dig|vi tilbyder|vi kan tilbyde|vi tilbyr|vi kan tilby|vi forventer|vi soger|vi soker|vi soeker|vi erbjuder|din profil|dine kvalifikationer|hvem er du|vores forventninger|profilen|ansaettelsesvilkar|lon og ansaettelse|om tjansten|om rollen|dina arbetsuppgifter|din roll|dina uppgifter|vem ar du|vem vi soker|vi soker dig|kravprofil|krav|meriterande|kvalifikationer|arbetsuppgifter|ansvarsomraden|kompetens|villkor|om deg|dine oppgaver|oppgaver|ansvarsomrader|personlige egenskaper|utdanning|onskede kvalifikasjoner|vi onsker|ansokan|ansogning|soknad|ledige stilling",
    "zakres obowiazkow|twoj zakres obowiazkow|twoje zadania|zadania|opis stanowiska|czego oczekujemy|nasze oczekiwania|oczekiwania|oczekujemy|co oferujemy|nasze wymagania|mile widziane|kogo szukamy|poszukujemy|aplikuj|profil kandydata|naplni prace|co vas ceka|co budete delat|co bude vasi napl*|nabizime vam|co nabizime|co vam nabidneme|co pozadujeme|ocekavame|koho hledame|pozadavky na uchazece|popis prace|benefity|vyhody|co vas caka|napln prace|pracovna napln|poziadavky|pozadujeme|ponukame|co ponukame|informacie o pozicii",
    "tyotehtavat|tehtavat|tehtavan kuvaus|tehtavankuvaus|odotamme|odotamme sinulta|tarjoamme|edellytamme|mita tarjoamme|arvostamme|osaaminen|vaatimukset|nain haet|hakeminen|feladatok|feladataid|feladatok leirasa|elvarasok|elvarasaink|amit kinalunk|mit kinalunk|kinalunk|elonyt jelent|responsabilitati|cerinte|cerintele|oferim|ce oferim|descrierea postului|descrierea jobului|candidatul ideal|beneficii|atributii|genel nitelikler|is tanimi|aranan nitelikler|gorev tanimi|is tanimi ve sorumluluklar|sorumluluklar|beklentilerimiz|nitelikler|sundugumuz olanaklar|neler sunuyoruz|yan haklar|sizden beklentilerimiz|gorevler",
    "обязанности|должностные обязанности|требования|условия|условия работы|мы предлагаем|что мы предлагаем|мы ожидаем|что мы ожидаем|задачи|чем предстоит заниматься|что нужно делать|будет плюсом|от вас|ваш профиль|обов'язки|вимоги|умови|ми пропонуємо|ми очікуємо|задължения|изисквания|ние предлагаме|отговорности|предлагаме|αρμοδιοτητεσ|προσοντα|απαιτουμενα προσοντα|παροχεσ|προσφερουμε|η εταιρεια προσφερει|καθηκοντα|opis poslova|opis posla|uvjeti|uslovi|nudimo|ocekujemo|trazimo|opis delovnega mesta|pricakujemo|kvalifikacije|opis dela|ponujamo|pareigos|reikalavimai|siulome|pienakumi|prasibas|piedavajam|toeulesanded|noudmised|pakume",
    "mô tả công việc|yêu cầu|yêu cầu công việc|quyền lợi|phúc lợi|trách nhiệm|deskripsi pekerjaan|kualifikasi|persyaratan|tanggung jawab|tunjangan|المسؤوليات|المهام|المتطلبات|المؤهلات|الشروط|المزايا|الوصف الوظيفي|תיאור התפקיד|דרישות|דרישות התפקיד|תחומי אחריות|אנחנו מציעים",
)  # fmt: skip
_SECTIONS_UNSPACED = any_of(
    "岗位职责|任职要求|任职资格|职位描述|职位要求|岗位要求|岗位描述|工作职责|工作内容|工作描述|福利待遇|职责描述|我们提供|薪资福利|加分项|職務內容|工作內容|條件要求|職責|應徵|仕事内容|応募資格|応募条件|募集要項|業務内容|職務内容|待遇|福利厚生|必須スキル|歓迎スキル|必須条件|歓迎条件|求める人物像|求めるスキル|勤務時間|勤務条件|応募方法|選考フロー|選考プロセス|担当業務|주요업무|담당업무|자격요건|자격 요건|우대사항|우대 사항|복리후생|혜택|근무조건|지원방법|전형절차|หน้าที่|คุณสมบัติ|สวัสดิการ|รายละเอียดงาน"
)  # fmt: skip
"""What such headings say where words are not set apart."""

_ANYWHERE = any_of(
    "responsibilit*|requirement|requirements|qualification|qualifications|about the role|about the job|about the position|about the opportunity"
    "|about this role|about this job|about this position|about this opportunity|the role|the opportunity|the job|what you'll|what you\u2019ll|what you ll|what youll|what you will"
    "|what you bring|you will|your role|your tasks|your profile|your responsibilities|your mission|job description|job summary|who you are|about you"
    "|the position|skills|experience|nice to have|what we offer|what we're looking for|what we\u2019re looking for|what we re looking for|benefits|duties|you might be a fit|preferred"
    "|aufgaben|deine aufgaben|ihre aufgaben|anforderung*|profil|wir bieten|das erwartet|stellenbeschreibung|qualifikation*"
    "|mission|missions|descriptif|votre profil|profil recherche|responsabilit*|funciones|requisitos|descripcion|ofrecemos|requisits|descripcio"
    "|funcoes|requisiti|mansioni|offriamo|functieomschrijving|functie-eisen|wij bieden|arbejdsopgaver|kvalifikation*|arbeidsoppgaver"
    "|kvalifikasjon*|arbetsuppgifter|napln prace|pozadavky|pozadujeme|nabizime|obowiazki|wymagania|oferujemy|co te ceka|job purpose"
)
SECTION = Phrases(_ANYWHERE, _SECTIONS_UNSPACED, _SECTIONS)
"""Headings that stand in a posting."""

_APPLY_WORDS = any_of(
    "apply here|apply for|i'm interested|submit application|submit your application|easy apply|apply by email|how to apply|send your application|send your cv|send us your cv|send your resume|send resume|email your cv|email us your cv|submit your cv|submit resume|submit your resume|apply via|apply online",
    "bewerben|jetzt bewerben|online bewerben|bewirb dich*|bewerben sie sich|zur bewerbung|bewerbung senden|bewerbung per*|bewerbung abschicken|ihre bewerbung|deine bewerbung|bewerbungsformular|online-bewerbung|onlinebewerbung|jetzt initiativ bewerben",
    "postuler|postulez|je postule|candidater|candidatez|deposer ma candidature|deposer votre candidature|deposer une candidature|envoyer ma candidature|envoyez votre cv|envoyer mon cv|envoyer votre candidature|envoyer un cv|soumettre ma candidature|comment postuler|pour postuler",
    "inscribete|inscribirme|aplicar|aplica ahora|aplica|solicitar|postular|postularme|postulate|enviar cv|envia tu cv|enviar curriculum|envianos tu cv|enviar candidatura|presentar candidatura|inscriu-t'hi|inscriure'm|inscriurem|envia'ns el teu cv|enviar curriculo|envie seu curriculo|candidatar|candidate-se|candidatar-se|inscreva-se|quero me candidatar|enviar a candidatura",
    "candidati|candidati ora|candidatura|candidarsi|invia candidatura|invia la tua candidatura|invia il tuo cv|invia cv|invia curriculum|solliciteer|solliciteren|solliciteer direct|direct solliciteren|sollicitatie|sollicitatieformulier|reageer op deze vacature|stuur je cv|stuur je sollicitatie|ik ben geinteresseerd",
    "sog stillingen|sog jobbet|sog nu|sog job|ansog|ansog nu|send ansogning|send din ansogning|send din ansokan|sok stillingen|sok stilling|sok jobbet|sok jobben|sok tjansten|sok jobb|sok na|sok her|sok har|ansok|ansok nu|ansok har|skicka din ansokan|skicka ansokan|send soknad|send inn soknad|send din soknad|skriv soknad",
    "odpovedet|odpovedet na inzerat|reagovat|reagovat na pozici|poslat zivotopis|zaslat zivotopis|poslete nam*|aplikuj|aplikuj teraz|aplikuj teraz|wyslij cv|wyslij aplikacje|wyslij zgloszenie|przeslij cv|zaaplikuj|mam zajem|mam zaujem|poslat zivotopis|hae paikkaa|hae tata paikkaa|hae tyopaikkaa|hae nyt|hae tehtavaa|tayta hakemus|laheta hakemus|jelentkezem|jelentkezes|jelentkezz|jelentkezes az allasra|palyazz|onéletrajz kuldese|aplica acum|aplica aici|trimite cv|trimite cv-ul|candideaza|kandideeri|pieteikties|kandidatuoti|siusti cv",
    "saekja um|umsokn|saekja um starf|basvur|basvuru|basvuru yap|hemen basvur|is basvurusu|basvuru formu|ilana basvur|откликнуться|откликнись|отправить резюме|отправить отклик|прислать резюме|отозваться|подать заявку|відгукнутися|надіслати резюме|кандидатствай|кандидатствайте|изпрати cv|υποβολη αιτησησ|υποβολη βιογραφικου|αποστολη βιογραφικου|κανε αιτηση|prijavi se|prijavite se|prijava na posao|posalji zivotopis|posaljite zivotopis|ứng tuyển|ứng tuyển ngay|nộp hồ sơ|nộp đơn|lamar|lamar sekarang|kirim lamaran|kirim cv|قدم الآن|تقدم الآن|تقديم|ارسل السيرة الذاتية|הגש מועמדות|הגישו מועמדות|שלח קורות חיים|שלחו קורות חיים|להגשת מועמדות",
)  # fmt: skip
_APPLY_UNSPACED = any_of(
    "応募する|応募はこちら|応募フォーム|に応募|エントリー|ご応募|応募方法|投递简历|投递|立即申请|申请职位|申请该职位|我要应聘|立即应聘|应聘方式|简历投递|投簡歷|應徵|我要應徵|지원하기|입사지원|지원 방법|สมัครงาน|สมัครเลย"
)  # fmt: skip
_APPLY = re.compile(
    r"(?:.{0,12}\b)?(?:apply(?! (?:an?|your|the|our|these|best|new|critical|strong|advanced|modern|knowledge|skills|principles?|techni\w+|method\w*) )"
    rf"|{_APPLY_WORDS})\b.{{0,60}}$|.{{0,20}}{_APPLY_UNSPACED}.{{0,30}}$"
)


def says_apply(folded: str) -> bool:
    """Whether a folded text is what links, buttons and headings to apply with say."""
    return _APPLY.match(folded) is not None


_NO_TITLES = any_of(
    "engineering|sales|marketing|design|product|products|data|finance|operations|people|research|technology|general application|open application|speculative application|spontaneous application|initiativbewerbung|open sollicitatie|spontanansokan|uopfordret ansogning|apen soknad|candidatura espontanea|candidatura spontanea|avoin hakemus|our jobs|our vacancies|our openings|job vacancies|job vacancy|job opportunities|job opportunity|career opportunities|employment opportunities|employment|open jobs|open roles|available positions|available jobs|positions available|current opportunities|current jobs|work for us|working here|recruitment|recruiting|join|hiring|now hiring|we are hiring|we're hiring|all open roles|all jobs|apply here|how to apply"
    "|loading|please wait|job not found|position closed|position filled|job details|job description|job posting|job post|job offer|job ad|vacancy details|role description|full job description|services|products|pricing|features|testimonials|gallery|portfolio|partners|team|team members|legal notice|imprint|impressum|terms|terms of use|privacy policy|sitemap|newsletter|share|share this job|subscribe|documentation|docs|support|help|offer|details|more|info",
    "jobs und karriere|jobs & karriere|karriere & jobs|stellenangebot|stellenanzeige|stellenausschreibung|stellenbeschreibung|offene positionen|offene stelle|aktuelle stellenangebote|aktuelle stellen|unsere stellenangebote|unsere jobs|freie stellen|jobborse|stellenmarkt|wir suchen|wir stellen ein|verstarkung gesucht|mitarbeiter gesucht|bewerbung|bewerben|online-bewerbung|ausbildung|praktikum|ansprechpartner|kontakt|uber uns|startseite|unternehmen|aktuelles|leistungen|datenschutz|datenschutzerklarung|seite nicht gefunden|wird geladen",
    "recrutement|carrieres|carriere|offre|offre d'emploi|nous rejoindre|rejoignez-nous|rejoindre l'equipe|nos metiers|nos postes|postes a pourvoir|postes ouverts|on recrute|nous recrutons|candidature|candidature spontanee|accueil|a propos|qui sommes-nous|actualites|mentions legales|description du poste|page introuvable|chargement",
    "trabaja con nosotros|oferta de empleo|oferta de trabajo|oferta laboral|ofertas laborales|ofertas de empleo|bolsa de trabajo|bolsa de empleo|empleos|vacantes|unete a nosotros|unete al equipo|inicio|quienes somos|contacto|noticias|trabalhe conosco|trabalhe connosco|carreiras|vaga|vaga de emprego|vagas abertas|vagas disponiveis|oportunidades|faca parte|sobre nos|contato|contactos|carregando vaga|carregando|oferta de feina|ofertes de feina|borsa de treball|treballa amb nosaltres|inici",
    "posizioni aperte|posizione aperta|offerta di lavoro|annuncio di lavoro|opportunita|opportunita di lavoro|carriere|unisciti a noi|chi siamo|contatti|novita|cerchiamo|stiamo cercando|vacature|werken bij|werken bij ons|werkenbij|onze vacatures|openstaande vacatures|kom bij ons werken|kom werken bij ons|over ons|nieuws|wij zoeken|wij zoeken jou|sollicitatieformulier|solliciteer|solliciteren",
    "job og karriere|karriere|ledige jobs|ledige job|ledig stilling|stillingsopslag|jobopslag|om os|om oss|kontakt os|nyheder|nyheter|ledige stillinger hos oss|ledig tjanst|lediga tjanster|lediga jobb|jobba hos oss|jobba med oss|jobb|karriar|vi soker|vi soger|stillinger|aktive stillinger|aktiv stilling|lediga tjanster|jobb hos oss|rekry|avoimet tyopaikat|avoin tyopaikka|tyopaikat|tule meille toihin|toihin meille|yhteystiedot|etusivu|ura",
    "volne pozice|volna pracovni mista|volna mista|pracovni nabidka|nabidka prace|nabidka zamestnani|kariera u nas|o nas|kontakt|kontakty|aktuality|hledame|volne pracovne miesta|pracovna ponuka|ponuka prace|oferta pracy|oferty pracy|ogloszenie o prace|praca u nas|dolacz do nas|pracuj z nami|szukamy|poszukujemy|zatrudnimy|rekrutacja|strona glowna|aktualnosci",
    "allasajanlat|allasajanlatok|allasok|karrier|allashirdetes|rolunk|kapcsolat|cariere|locuri de munca|anunt angajare|oferta de munca|despre noi|is ilani|is ilanlari|acik pozisyonlar|kariyer|insan kaynaklari|bize katilin|iletisim|hakkimizda|вакансии|вакансия|карьера|работа у нас|работа|о компании|о нас|контакты|новости|вакансії|кар'єра|робота|про нас|контакти|свободни позиции|кариери|обяви за работа|за нас|θεσεισ εργασιασ|καριερα|επικοινωνια|αρχικη|posao|karijera|otvorena radna mjesta|zaposlitev|prosta delovna mesta",
    "採用情報|採用|求人|求人情報|求人一覧|募集要項|募集職種|採用案内|キャリア|キャリア採用|新卒採用|中途採用|社員募集|スタッフ募集|スタッフ|会社概要|会社案内|お知らせ|お問い合わせ|ホーム|仕事内容|招聘|招聘信息|人才招聘|加入我们|加入我們|诚聘英才|职位列表|社会招聘|校园招聘|联系我们|关于我们|首页|新闻|人才招募|徵才|채용|채용정보|채용공고|인재채용|인재영입|회사소개|공지사항|tuyển dụng|cơ hội nghề nghiệp|liên hệ|giới thiệu|lowongan|lowongan kerja|karir|tentang kami|وظائف|الوظائف|التوظيف|اتصل بنا|من نحن|דרושים|משרות|קריירה|צור קשר|ร่วมงานกับเรา|สมัครงาน|ติดต่อเรา",
)  # fmt: skip
NOT_A_TITLE = re.compile(
    r"^(careers?|jobs?|job (openings?|board|search|offers?|application|listings?)|open (positions?|roles?)|current (openings?|vacancies)"
    r"|openings?|vacanc(y|ies)|positions?|opportunit(y|ies)|search( results)?|home|welcome|join (us|our team)|work (with|for|at) us|about( us)?"
    r"|our (team|culture|story|mission|company)|culture|contact( us)?|news|blog|login|sign in|apply( now)?|application submitted|thank you"
    r"|(summer )?internships?|students?|graduates?|page not found|404|not found|error|access denied|just a moment|karriere|stellenangebote|offene stellen|stellen|jobangebote"
    r"|stellenausschreibungen|aktuelle ausschreibungen|offres? d.emploi|emplois?|nos offres|ofertas?( de (empleo|trabajo))?|empleo|trabajo"
    r"|ofertes?|vagas|offerte di lavoro|lavora con noi|vacatures|ledige stillinger|lediga (jobb|tjanster)|job|nabidky prace|volna mista|kariera"
    r"|.{1,50}\b(roles|jobs|vacancies|careers)"
    rf"|{_NO_TITLES}|oferty pracy|praca|back|menu|cookies?|privacy|faq|all (jobs|roles|openings)|(top|featured|latest) jobs|who we are|description|overview)$"
)
"""Headings that name no posting, folded."""

TOPIC = re.compile(
    r"^(diversity|inclusion|belonging|benefits|perks|culture|sustainability|values|our values|our people|wellbeing|well-being|early careers"
    r"|graduate program\w*|learning|events|locations|offices)( (and|&) .{1,40})?$"
)
"""What pages of a site about working there are about, folded, unless an occupation follows."""

SLOGAN = re.compile(
    r"^(jobba (?:med|hos) oss|jobbe? hos oss|arbejd hos|work (?:with|for|at) (?:us|our)|trabalhe con|help us|ayudanos|ayudenos|ajude-nos|aiutaci|aide[zr]?-nous|hilf uns|hjalp oss|pomoz nam|your application|ihre bewerbung|deine bewerbung|votre candidature|tu candidatura|la tua candidatura|jouw sollicitatie|din ansokan|din ansogning|so lauft|so funktioniert|how|why|what|when|warum|wieso|wie|was|comment|pourquoi|como|por que|waarom|hoe|wat|hvorfor|hvordan|varfor|hur|jak|proc|dlaczego|miksi|miert|neden|почему|как|frequently asked|join|explore|discover|meet|shape|come and|find your|start your|build your|grow your|make an impact|your (impact|career|future|journey|next)|we(.re| are) (now )?hiring(?! an? )|come work|come join|become (a |one of )?(part|our team|member)|do you want to|want to (work|join)|are you (ready|looking|our|the)|ready to|looking for (a |your )?(new )?(job|challenge|career)|be part of"
    r"|werde (teil|ein teil|mitglied)|wir (suchen|brauchen) (dich|sie|euch|verstarkung|genau dich)|komm (in|zu)|lust auf|du suchst|suchst du|bock auf|verstarke unser|arbeite bei|dein (job|weg|einstieg|traumjob)|ihre karriere|deine karriere|gestalte|starte deine|entdecke|rejoignez|decouvrez|unete|descubre|junta-te|unisciti|scopri|kom werken|bliv en del|bli en del|pridej se|pridejte se|dolacz|(nous recrutons|on recrute)(?! une? )|viens|venez|envie de|vous cherchez|te buscamos|buscamos talento|quieres|forma parte|haz carrera|faz parte|faca parte|vem (trabalhar|fazer)|venha|entra nel|vieni a|lavora con|entra a far|wij zoeken (jou|collega)|kom jij|ben jij|word jij|kom bij ons|versterk ons|vil du|vaer med|har du lyst|vill du|kom och|haluatko|tule|liity|chces|hledas|pojd|chcesz|szukasz|pracuj z|gyere|csatlakozz|vino in|bize katil|ekibimize|присоединяйтесь|стань частью|приходи|приєднуйся)\b|^(一緒に|私たちと|あなたの|加入我们|加入我們)"
    rf"|^(?:{any_of('함께')})"
)
"""How pages about working somewhere address their readers, folded: no title of a job."""

ABOUT_WORK = re.compile(
    r"^(about|why) |^(engineering|sales|marketing|design|product|data|finance|operations|people|research|technology|it) (at|bei|chez|hos|bij) |^(ausbildung|praktikum|praktika|studium|einstieg) bei |\b(internships|careers (at|@|with)|jobs (at|in|for|fur|im|als)|open (positions|roles|jobs) (at|in)|current openings|openings at|working at|work at|life at|join our"
    r"|why (work|join)|our (interview|hiring|recruit\w+) process|interview process|how we hire|what to expect|internships? (program\w*|at|with)"
    r"|career development|build with us|company culture|arbeiten bei|karriere (bei|im|am|in der|in unser\w*)|stellenangebote|jobs bei|unsere jobs|stellenausschreibungen"
    r"|nos offres|rejoignez|trabaja con|unete|travailler chez|come work|employee benefits|meet the team|your journey)\b"
)
"""Headings of pages about working somewhere, lists among them, folded."""

_HIRING = any_of(
    "we are looking for|we're looking for|is looking for|are seeking|is seeking|we seek|is hiring|are hiring|successful candidate|ideal candidate|right candidate|suitable candidate|the candidate will|you will be responsible|reports to|reporting to|funded position|applications are invited|to fill the position|to join our team|to join the team",
    "wir suchen|suchen wir|sucht zum|sucht ab|zum nachstmoglichen zeitpunkt|ab sofort|nachstmoglich|verstarkung fur unser|nous recherchons|recherche un|recherche une|recrute|nous recrutons|poste a pourvoir|buscamos|precisamos|se busca|estamos buscando|se necesita|incorporar|incorporacion|procuramos|estamos a procura|contrata|contratamos|busquem|cerchiamo|ricerchiamo|ricerca un|ricerca una|siamo alla ricerca|si ricerca",
    "zoeken wij|zoeken we|ben jij|heb jij|vind jij het|vind je het|lijkt het je|bist du|hast du lust|du hast|du bist|vous etes|tu es|eres|sei un|er du|har du|oletko|jestes|jsi|wij zoeken|we zoeken|op zoek naar|soger vi|vi soger|soger en|soges|sokes|soker vi|vi soker|soker en|vi onsker|hledame|prijmeme|hlada|hladame|poszukujemy|zatrudnimy|zatrudni|szukamy|haemme|etsimme|haetaan|keresunk|felveszunk|munkatarsat|angajam|cautam|angajeaza|ariyoruz|arayisimiz|aranmaktadir|alinacaktir|takim arkadasi",
    "ищем|в поиске|требуется|требуются|приглашаем|приглашает|шукаємо|запрошуємо|потрібен|потрібна|търсим|търси|ζητειται|ζηταμε|αναζητουμε|αναζητα|trazimo|trazi se|iscemo|ieskome|mekle|otsime|tuyển dụng|cần tuyển|dicari|membutuhkan|مطلوب|دרוש|דרושה|מחפשים|מגייסת",
)  # fmt: skip
_HIRING_UNSPACED = any_of("募集して|を募集|募集中|急募|诚聘|招聘|招募|求める人物|채용|모집|รับสมัคร|求人|歓迎します|誠徵")
HIRING = Phrases(_HIRING, _HIRING_UNSPACED)
"""Words that look for somebody, folded."""

_APPLICATION = any_of(
    "cv|cvs|resume|resumes|cover letter|covering letter|curriculum|curriculum vitae|application|applications|apply|lebenslauf|bewerbung*|bewirb|bewerben|anschreiben|unterlagen|candidature|candidatures|postuler|postulez|lettre de motivation|candidatura|candidaturas|curriculo|hoja de vida|carta de motivacion"
    "|sollicit*|motivatiebrief|ansogning*|soknad*|ansokan|personligt brev|hakemus*|zivotopis*|motivacni dopis|zyciorys*|list motywacyjny|aplikacj*|oneletrajz*|jelentkez*|cv-ul|ozgecmis*|basvuru*|резюме|анкет*|автобиография|βιογραφικο*|zamolb*|prijav*|gyvenimo aprasym*|umsokn*|ferilskra|lamaran|hồ sơ|السيرة|سيرتك|קורות חיים"
)  # fmt: skip
_APPLICATION_UNSPACED = any_of("简历|簡歷|履歷|履歴書|職務経歴書|応募|이력서|지원|ประวัติ|应聘|應徵")
APPLICATION = Phrases(_APPLICATION, _APPLICATION_UNSPACED)
"""What one sends to apply, folded: beside an address to write to it is a way to apply."""

POSTING_NOUN = re.compile(
    r"\b"
    + any_of(
        "job opening|job offer|job posting|job vacancy|job ad|job description|job opportunity|open position|open role|vacancy|we're hiring|we are hiring|is hiring|now hiring|job application|stellenangebot|stellenanzeige|stellenausschreibung|jobangebot|gesucht|offre d'emploi|offre de stage|offre de these|offre de poste|offre de mission|wanted|required|sought|recrutement|recrute|recherche|oferta de empleo|oferta de trabajo|vacante|vaga|vaga de emprego|oferta de emprego|oferta de feina"
        "|offerta di lavoro|posizione aperta|vacature|stilling|ledig stilling|ledig tjanst|ledigt jobb|soges|sokes|job hos|avoin tyopaikka|tyopaikka|haetaan|nabidka prace|volna pozice|oferta pracy|ponuka prace|allas|allasajanlat|loc de munca|angajare|is ilani|вакансия|вакансія|обява за работа|posao|natjecaj|zaposlitev|θεση εργασιασ|tuyển dụng|lowongan kerja|وظيفة|وظائف|משרה|דרושים|postdoctoral|phd position|postdoc"
    )
    + r"\b|"
    + any_of("採用|求人|募集|招聘|加入我们|职位|岗位|채용|모집")
)
"""What pages with a posting call themselves, folded."""

TEACHES = re.compile(
    r"\b(call for (papers|speakers|proposals|applications)|bachelor of|master of|(msc|bsc) in|degree programme|studiengang|salary guide|average salary|salar(y|ies) (in|of)|metier, |fiches? metiers?|salaire|gehalt|verdienst|berufsbild"
    r"|what (is|does|do) an?|was macht|was verdient|wat verdient|que hace un|job descriptions|interview questions|career guide|how to (become|write|hire|get)|cover letters?|resume (tips|builder|writing)|lettre de motivation"
    r"|(online|training|short|evening|weekend|certification) courses?|courses? (in|for|on)|tutorial|weiterbildung (zum|zur)|job family)\b"
    r"|^(muster|vorlage|modele|plantilla|modelo|voorbeeld|szablon|wzor|curriculum vitae)\b"
    r"|\b(templates?|samples?|examples?|salar(y|ies)|scholarships?( \d{4})?|courses?|bootcamp|muster|vorlage|plantilla|voorbeeld|szablon|wzor|weiterbildung|fortbildung|lehrgang|seminar|schulung|umschulung|kurs|cursos?|cors[io]|cursus)$"
)
"""Titles of pages about postings, occupations and careers, folded."""

REFERENCE = re.compile(
    r"^(job )?(requisition|req|reference|ref|posting|vacancy|position|job)( ?(id|code|number|nr|no|#))\b|^(kennziffer|referenznummer|stellen-?id|jr\d{4,})"
)
"""Lines that give a posting's number, folded."""

OUR_COMPANY = re.compile(
    r"^(?:about|uber|a propos de|sobre|acerca de|om|o)\s+(?!the\b|this\b|us\b|you\b|uns\b|our\b|your\b|nas\b|oss\b|role\b)(.{2,60})$"
)
"""`About Northwind`, folded."""


_SIGN = re.compile(r"^[^\w(]+")
"""Bullets and pictures before a label."""
_PLURAL = re.compile(r"\s?\((?:s|e|n|en|es|x|er)\)$")
_LONGEST = 45
"""Characters of a label."""


def label_of(text: str) -> str | None:
    """The field that a short text labels, if it is a label."""
    if not 2 <= len(text) <= _LONGEST:
        return None
    # Every line of a page is asked for, and hardly one begins with a bullet or ends in a bracket.
    name = fold(text if text[0].isalnum() else _SIGN.sub("", text))
    if name[-1:] == ")":
        name = _PLURAL.sub("", name)
    return _FIELD.get(name) or _FIELD.get(name.removeprefix("job ").removeprefix("the "))


_FIELD = {word: field for field in reversed(list(LABELS)) for word in LABELS[field]}
