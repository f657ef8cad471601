"""Small pages of made-up companies in many languages: career pages, and pages that stand beside them."""

from typing import NamedTuple


class MadeUp(NamedTuple):
    """One page, and whether it is a career page, and a listing."""

    language: str
    path: str
    title: str
    heading: str
    text: str
    links: tuple[str, ...] = ()
    career: bool = False
    lists: bool = False

    @property
    def url(self) -> str:
        return f"https://www.acme-{self.language}.example{self.path}"

    @property
    def html(self) -> str:
        menu = "<nav><a href='/'>Acme</a><a href='/about'>About</a><a href='/contact'>Contact</a></nav>"
        links = "".join(
            f"<li><a href='{self.path.rstrip('/')}/{number}-x'>{link}</a></li>"
            for number, link in enumerate(self.links, 100)
        )
        return (
            f"<html lang='{self.language}'><head><title>{self.title}</title></head><body>{menu}<h1>{self.heading}</h1>"
            f"<p>{self.text}</p><ul>{links}</ul><script>track()</script><footer>{'© Acme 2026. ' * 30}</footer></body></html>"
        )


def listing(language: str, path: str, title: str, heading: str, text: str, *links: str) -> MadeUp:
    """A page that lists postings."""
    return MadeUp(language, path, title, heading, text, links, career=True, lists=True)


def hub(language: str, path: str, title: str, heading: str, text: str, *links: str) -> MadeUp:
    """A career page that need not list anything itself."""
    return MadeUp(language, path, title, heading, text, links, career=True)


def other(language: str, path: str, title: str, heading: str, text: str, *links: str) -> MadeUp:
    """A page that is no career page."""
    return MadeUp(language, path, title, heading, text, links)


CAREER_PAGES = (
    listing("en", "/careers", "Careers | Acme", "Build with us", "Full-time, Leeds. Apply now.", "Data Engineer", "Sales Manager", "Office Assistant"),
    listing("en", "/company/openings", "Openings", "Open roles", "We are an equal opportunity employer.", "Chef de Partie", "Line Cook"),
    hub("en", "/careers", "Careers | Acme", "Do the best work of your life", "See open roles. We are an equal opportunity employer."),
    hub("en", "/company/careers/", "Acme Careers", "Come build pumps with us", "Explore opportunities in ten cities and apply today."),
    hub("en", "/join-our-team", "Join our team", "Life at Acme", "Our values, our mission. Apply now for full-time roles."),
    hub("en", "/about/jobs.html", "Jobs at Acme", "Make things that last", "Join our team: find your next role below."),
    hub("en", "/join-us", "Join us", "Join the team", "We hire all year round. Send us your CV, full-time or part-time."),
    hub("de", "/unternehmen/karriere", "Karriere - Acme GmbH", "Komm ins Team", "Initiativbewerbung willkommen. Jetzt bewerben!"),
    hub("fr", "/carrieres", "Carrières", "Grandir avec nous", "Candidature spontanée : postulez toute l'année."),
    listing("en", "/vacancies", "Vacancies - Acme", "Current vacancies", "There are no current vacancies. Send us your CV anyway."),
    listing("de", "/karriere", "Karriere bei Acme", "Arbeiten, wo es zählt", "Vollzeit, unbefristet. Jetzt bewerben!", "Elektroniker (m/w/d)", "Sachbearbeiter Einkauf (w/m/d)"),
    listing("de", "/unternehmen/stellenangebote.html", "Stellenangebote", "Offene Stellen", "Bewerbungsfrist: 31. Mai", "Projektleiter Tiefbau", "Werkstudent Marketing"),
    listing("fr", "/nous-rejoindre", "Nous rejoindre - Acme", "Nos offres d'emploi", "CDI, temps plein. Postulez en ligne.", "Ingénieur logiciel (H/F)", "Chargée de clientèle"),
    listing("fr", "/recrutement", "Recrutement", "Rejoignez-nous", "Candidature spontanée bienvenue, CDD et CDI", "Technicien de maintenance", "Assistante RH"),
    listing("es", "/empleo", "Empleo | Acme", "Trabaja con nosotros", "Envía tu currículum. Jornada completa.", "Técnico de soporte", "Ingeniera de datos"),
    listing("pt", "/trabalhe-conosco", "Trabalhe conosco", "Vagas abertas", "Tempo integral. Candidate-se.", "Analista de dados", "Engenheiro de software"),
    listing("it", "/lavora-con-noi", "Lavora con noi", "Posizioni aperte", "Invia il tuo CV. Tempo indeterminato.", "Sviluppatore backend", "Addetto vendite"),
    listing("nl", "/werken-bij", "Werken bij Acme", "Onze vacatures", "Fulltime. Solliciteer direct!", "Medewerker klantenservice", "Adviseur duurzaamheid"),
    listing("sv", "/jobba-hos-oss", "Jobba hos oss", "Lediga tjänster", "Heltid. Sista ansökningsdag 1 maj. Ansök här.", "Utvecklare", "Ingenjör inom el"),
    listing("da", "/ledige-stillinger", "Ledige stillinger", "Karriere hos Acme", "Fuldtid. Ansøgningsfrist 1. maj", "Konsulent til salg", "Softwareudvikler"),
    listing("no", "/jobb", "Jobb hos oss", "Ledige stillinger", "Heltid. Søknadsfrist 1. mai", "Rådgiver", "Systemutvikler"),
    listing("fi", "/avoimet-tyopaikat", "Avoimet työpaikat", "Meille töihin", "Vakituinen. Lähetä hakemus.", "Asiantuntija", "Ohjelmistokehittäjä"),
    listing("pl", "/kariera", "Kariera", "Dołącz do nas", "Aktualne oferty pracy. Pełny etat. Aplikuj!", "Specjalista ds. sprzedaży", "Inżynier jakości"),
    listing("cs", "/volna-mista", "Volná místa", "Kariéra u nás", "Plný úvazek. Pošli nám životopis.", "Vývojář", "Účetní"),
    listing("hu", "/karrier", "Karrier", "Nyitott pozíciók", "Teljes munkaidő. Jelentkezés e-mailben.", "Szoftverfejlesztő", "Könyvelő"),
    listing("ro", "/cariere", "Cariere", "Locuri de muncă", "Normă întreagă. Aplică acum!", "Inginer software", "Contabil"),
    listing("tr", "/kariyer", "Kariyer", "Açık pozisyonlar", "Tam zamanlı. Hemen başvur!", "Yazılım mühendisi", "Satış uzmanı"),
    listing("ru", "/vacancies", "Вакансии", "Работа у нас", "Полная занятость. Отправить резюме.", "Инженер", "Бухгалтер"),
    listing("ja", "/recruit", "採用情報 | アクメ株式会社", "募集職種", "正社員。応募はこちら。", "ソフトウェアエンジニア", "営業マネージャー"),
    listing("zh", "/join", "加入我们", "招聘职位", "全职。投递简历。", "软件工程师", "产品经理"),
    listing("ko", "/recruit", "채용 | 아크메", "채용공고", "정규직. 지원하기", "백엔드 개발자", "디자이너"),
)  # fmt: skip
"""Listings have a few postings, or the word that there are none."""

OTHER_PAGES = (
    other("en", "/careers/culture", "Our culture | Careers", "Life at Acme", "We value kindness. Read how our teams work and celebrate."),
    other("en", "/careers/benefits", "Benefits - Careers at Acme", "Perks and benefits", "Health insurance, pension and a bicycle for everyone on the team."),
    other("en", "/careers/interview-process", "How we hire", "Our interview process", "First a call, then a task, then you meet the team. Apply with an open mind."),
    other("en", "/careers/students", "Students and graduates", "Students at Acme", "Programmes each summer. What former students say about their time."),
    other("en", "/jobs/8841-data-engineer", "Data Engineer - Acme", "Data Engineer", "Full-time in Leeds. Requirements: SQL and Python. Apply now."),
    other("en", "/docs/jobs", "Jobs | Acme Scheduler docs", "Jobs", "A job runs a container. Set the cron expression in YAML; workers take jobs from queues. See the API reference."),
    other("en", "/features/jobs", "Background jobs", "Jobs", "Run cron jobs on Kubernetes: queues, workers, retries and pipelines. Apply the YAML with the CLI."),
    other("en", "/careers", "404 - Page not found", "Page not found", "We are hiring! Apply now on our careers page. Full-time roles."),
    other("en", "/careers", "Careers | Sign in", "Sign in", "Join us. Apply. Enter your e-mail address and password to view job applications."),
    other("en", "/jobs", "Just a moment...", "Checking your browser", "Verify you are human to apply to our jobs."),
    other("en", "/jobs", "Before you continue", "Before you continue", "We use cookies. Accept all or reject all."),
    other("en", "/jobs", "Jobs in London", "Find your next job", "Post a job. Upload your CV. Browse companies and apply now.", "Data Engineer at Blue", "Chef at Green", "Clerk at Red"),
    other("en", "/about", "About Acme", "About us", "We make pumps since 1950. Our engineers love what they do. Contact our sales team."),
    other("en", "/team", "Our team", "The team", "People who make it work.", "Ann Lee, Head of Sales", "Bo Ray, Software Engineer"),
    other("en", "/blog/how-to-find-a-job", "How to find a job in tech", "How to find a job in tech", "Apply early, apply often. Ten rules for your career."),
    other("en", "/recruiting", "Recruiting software | Acme", "Recruiting, simplified", "Post roles, track who will apply, and hire faster. Book a demo."),
    other("en", "/services/employment", "Employment law", "Employment", "Our attorneys advise employers. The rules that apply to dismissals."),
    other("en", "/hiring", "Acme Hiring: the platform", "Hiring made easy", "Applicants apply in one click. Pricing starts at ten dollars."),
    other("en", "/contact", "Contact", "Get in touch", "Write to us. For career questions write to jobs@acme.example."),
    other("de", "/karriere/benefits", "Benefits | Karriere", "Unsere Vorteile", "Jobrad, Obstkorb und flexible Arbeitszeiten machen den Alltag leichter."),
    other("de", "/karriere/bewerbungsprozess", "Bewerbungsprozess", "So läuft der Bewerbungsprozess", "Erst telefonieren wir, dann laden wir dich ein."),
    other("de", "/karriere", "Seite nicht gefunden", "404", "Diese Seite gibt es nicht. Jetzt bewerben auf unserer Startseite."),
    other("de", "/karriere/bauleiter-tiefbau-mwd-4711", "Bauleiter Tiefbau (m/w/d)", "Bauleiter Tiefbau (m/w/d)", "Vollzeit in Ulm. Jetzt bewerben."),
    other("fr", "/carrieres/notre-culture", "Notre culture", "Notre culture", "La vie chez Acme, nos valeurs et nos équipes."),
    other("fr", "/carrieres", "Page introuvable", "Page introuvable", "La page demandée n'existe plus."),
    other("es", "/empleo/beneficios", "Beneficios", "Beneficios", "Seguro médico y horario flexible para el equipo."),
    other("es", "/quienes-somos", "Quiénes somos", "Quiénes somos", "Fabricamos bombas desde 1950 con un equipo de ingenieros."),
    other("it", "/chi-siamo", "Chi siamo", "La nostra storia", "Dal 1950 produciamo pompe per tutta Europa."),
    other("nl", "/werken-bij/cultuur", "Onze cultuur", "Onze cultuur", "Zo werken wij samen, elke dag weer."),
    other("sv", "/karriar/kultur", "Vår kultur", "Vår kultur", "Så här är det att vara en del av laget."),
    other("pl", "/kariera/benefity", "Benefity", "Nasze benefity", "Prywatna opieka medyczna i karta sportowa."),
    other("cs", "/kariera", "Stránka nebyla nalezena", "Stránka nebyla nalezena", "Zkuste to prosím znovu."),
    other("tr", "/hakkimizda", "Hakkımızda", "Biz kimiz", "1950'den beri pompa üretiyoruz."),
    other("ja", "/company", "会社概要", "会社概要", "1950年創業のポンプメーカーです。"),
    other("zh", "/about", "关于我们", "关于我们", "自1950年以来生产水泵。"),
    other("ko", "/about", "회사 소개", "회사 소개", "1950년부터 펌프를 만듭니다."),
)  # fmt: skip
"""What stands beside a career page, bears its address, or has nothing to do with it."""

RAW_PAGES = (
    (True, "https://www.harrow.example/careers", "Careers at Harrow | Harrow Inc.", "<h1>Let's build the future of payments together</h1><p>At Harrow we move fast. Our 400 people across 12 offices power commerce.</p><h2>Our values</h2><h2>Benefits</h2><p>Health, 401k</p><h2>Open roles</h2><a href='https://boards.harrow.example/x'>View all</a>"),
    (True, "https://brim.example/company/careers", "Careers - Brim", "<h1>Your next chapter starts here</h1><p>We're a remote-first company. Come as you are.</p><a href='/company/careers/engineering'>Engineering</a><a href='/company/careers/design'>Design</a><a href='/company/careers/sales'>Sales</a><p>Don't see a fit? Email us your resume.</p>"),
    (True, "https://olm.example/en/jobs", "Jobs | Olm", "<h1>Work that matters</h1><div><h3>Senior Backend Engineer</h3><p>Berlin · Full time</p></div><div><h3>Product Designer</h3><p>Remote</p></div>"),
    (True, "https://www.stadt-neu.example/rathaus/stellenausschreibungen", "Stellenausschreibungen | Stadt Neu", "<h1>Stellenausschreibungen</h1><p>Die Stadt Neu sucht zum nächstmöglichen Zeitpunkt</p><ul><li><a href='/f/1.pdf'>Erzieher (m/w/d) in Teilzeit</a></li><li><a href='/f/2.pdf'>Bauingenieur (m/w/d)</a></li></ul>"),
    (True, "https://clinique.example/rejoignez-nous/", "Rejoignez-nous - Clinique", "<h1>Rejoignez nos équipes</h1><p>Nous recrutons des infirmiers et des aides-soignants. Envoyez votre CV.</p>"),
    (True, "https://hotel.example/lavora-con-noi.html", "Lavora con noi | Hotel", "<h1>Entra nella nostra squadra</h1><p>Cerchiamo cuochi e camerieri. Compila il modulo e allega il curriculum.</p>"),
    (True, "https://bouw.example/vacatures/", "Vacatures | Bouw BV", "<h1>Kom bij ons werken</h1><a href='/vacatures/timmerman'>Timmerman</a><a href='/vacatures/werkvoorbereider'>Werkvoorbereider</a><a href='/vacatures/uitvoerder'>Uitvoerder</a>"),
    (True, "https://sklep.example/kariera/", "Kariera w Sklep", "<h1>Pracuj z nami</h1><p>Zobacz oferty i dołącz. Prześlij CV.</p><a href='/kariera/magazynier'>Magazynier</a><a href='/kariera/kasjer'>Kasjer</a>"),
    (True, "https://jobs.nord.example/", "Nord jobs", "<h1>Find a job at Nord</h1><a href='/positions/2231'>Warehouse Associate, Oslo</a><a href='/positions/2232'>Data Analyst, Bergen</a><a href='/positions/2233'>Store Manager, Trondheim</a>"),
    (True, "https://empresa.example/trabaja-con-nosotros", "Trabaja con nosotros", "<h1>Únete al equipo</h1><p>Buscamos talento. Inscríbete en nuestras ofertas.</p>"),
    (True, "https://x.example/about-us/work-with-us", "Work with us – X", "<h1>Work with us</h1><p>Current vacancies: none at present. To apply speculatively, email hr@x.example</p>"),
    (True, "https://lab.example/positions", "Open Positions - Lab of Y", "<h1>Positions</h1><p>We are looking for motivated PhD students and postdocs. Applications should include a CV.</p>"),
    (True, "https://www.company.example.jp/recruit/", "採用情報", "<h1>私たちと一緒に働きませんか</h1><p>新卒採用 中途採用 募集要項 エントリーはこちら</p>"),
    (False, "https://harrow.example/careers/life-at-harrow", "Life at Harrow | Careers", "<h1>Life at Harrow</h1><p>What it's like to work here. Our people share their stories.</p><a href='/careers'>See open roles</a>"),
    (False, "https://harrow.example/careers/diversity-equity-inclusion", "DEI | Harrow Careers", "<h1>Everyone belongs</h1><p>We're an equal opportunity employer. Join us.</p>"),
    (False, "https://harrow.example/careers/faq", "Recruiting FAQ | Harrow", "<h1>Frequently asked questions</h1><p>How do I apply? How long is the interview? Can I apply to many roles?</p>"),
    (False, "https://harrow.example/careers/engineering", "Engineering at Harrow", "<h1>Engineering at Harrow</h1><p>How our engineers ship. Our stack: Go, Rust. Read the blog.</p>"),
    (False, "https://harrow.example/privacy/applicants", "Applicant privacy notice", "<h1>Candidate privacy policy</h1><p>How we process data when you apply for jobs.</p>"),
    (False, "https://univ.example/career-services", "Career Services | University", "<h1>Career Center</h1><p>We help students find internships and jobs. Book an appointment with an advisor. Resume workshops.</p>"),
    (False, "https://coach.example/", "Career coaching by Ann", "<h1>Find the career you love</h1><p>Coaching packages from $99. Book a free call.</p>"),
    (False, "https://ats.example/product/careers-page", "Careers page builder | ATS", "<h1>Build a careers page candidates love</h1><p>Free trial. Book a demo. Templates, custom domains, integrations. Pricing.</p>"),
    (False, "https://shop.example/collections/job-bags", "Job bags", "<h1>Job bags</h1><p>Add to cart. Free shipping.</p>"),
    (False, "https://news.example/2026/05/jobs-report", "US jobs report beats expectations", "<h1>US jobs report beats expectations</h1><p>Employers added 200,000 positions in May. Full-time employment rose.</p>"),
    (False, "https://dev.example/guide/background-jobs", "Background jobs - Guide", "<h1>Background jobs</h1><pre>class Job</pre><p>Enqueue jobs with perform_later. Retry failed jobs. Queue adapters.</p>"),
    (False, "https://firma.example/karriere/dein-einstieg", "Dein Einstieg bei Firma", "<h1>So gelingt dein Einstieg</h1><p>Onboarding, Patenprogramm und mehr.</p>"),
    (False, "https://firma.example/karriere/datenschutz-bewerber", "Datenschutz für Bewerber", "<h1>Datenschutzhinweise für Bewerber</h1><p>Verantwortlicher, Zwecke der Verarbeitung Ihrer Bewerbung.</p>"),
    (False, "https://ent.example/carrieres/temoignages", "Témoignages | Carrières", "<h1>Ils racontent leur métier</h1><p>Portraits de collaborateurs.</p>"),
    (False, "https://acme.example/jobs/thank-you", "Thank you for applying", "<h1>Thank you!</h1><p>We received your application and will be in touch.</p>"),
    (False, "https://acme.example/careers?login", "Candidate login", "<h1>Candidate login</h1><p>Email Password Forgot password? Create account. Job alerts.</p>"),
    (False, "https://acme.example/careers", "Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access /careers on this server. Reference #18</p>"),
    (False, "https://acme.example/careers", "Acme", "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>"),
    (False, "https://acme.example/careers", "Oops! That page can’t be found.", "<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p>"),
    (False, "https://acme.example/careers", "Acme Pumps | Industrial pumps", "<h1>Industrial pumps for every need</h1><p>Products. Service. Contact us for a quote.</p><a href=/careers>Careers</a>"),
    (False, "https://acme.example/jobs/8812/senior-data-engineer", "Senior Data Engineer | Careers at Acme", "<h1>Senior Data Engineer</h1><p>About the role. You will. Apply now. Full-time.</p><a href='/jobs'>All jobs</a>"),
)  # fmt: skip
"""Whether it is a career page, URL, title and body: written without a look at the words that pages are judged by."""


def raw_html(title: str, body: str) -> str:
    """A page of a little more text than a shell has, unless it is one."""
    footer = "" if "id=root" in body else f"<footer>{'Lorem ipsum dolor sit amet consectetur. ' * 12}</footer>"
    return f"<title>{title}</title><nav><a href='/'>Home</a></nav>{body}{footer}<script>1</script>"
