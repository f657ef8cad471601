"""Titles that the field uses and ESCO's labels lack, or read otherwise."""

_LIST = (
    "nurse responsible for general care=nurse,registered nurse,staff nurse,rn|home care aide=caregiver,home health aide|"
    "general practitioner=physician,doctor|secondary school teacher=teacher|lawyer=attorney,associate attorney|"
    "user interface developer=frontend developer,front end developer,frontend engineer,front end engineer,ui developer,ui engineer|"
    "software developer=backend developer,back end developer,backend engineer,back end engineer,full stack developer,full stack engineer,"
    "fullstack developer,fullstack engineer,programmer,software development engineer,developer|"
    "mobile application developer=ios developer,ios engineer,android developer,android engineer,mobile developer,mobile engineer|"
    "artificial intelligence engineer=machine learning engineer,ml engineer,ai engineer|"
    "cloud DevOps engineer=devops engineer,site reliability engineer,sre|cloud engineer=platform engineer,infrastructure engineer|"
    "ICT system architect=solutions architect,solution architect|ICT development manager=engineering manager|"
    "ICT security administrator=security engineer,cyber security analyst,cybersecurity analyst,security analyst,information security analyst|"
    "software tester=qa engineer,qa tester,quality assurance engineer,test engineer|"
    "user interface designer=ui designer,product designer|user experience analyst=ux designer,ux researcher|"
    "human resources officer=hr generalist,hr business partner,people partner,hr specialist|"
    "recruitment consultant=recruiter,talent acquisition specialist,technical recruiter,sourcer|"
    "client relations manager=customer success manager|sales account manager=account executive,account manager|"
    "commercial sales representative=sales development representative,sdr,business development representative,bdr|"
    "online community manager=social media manager|technical communicator=technical writer|financial controller=controller|"
    "cargo vehicle driver=truck driver,lorry driver,cdl driver|waiter/waitress=waiter,waitress,server|bartender=barkeeper"
)
"""Preferred label of ESCO = titles."""

FIELD_TITLES = {
    title: name for name, titles in (entry.split("=") for entry in _LIST.split("|")) for title in titles.split(",")
}
"""Title → preferred label."""
