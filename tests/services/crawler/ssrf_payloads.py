"""Payloads of our own, in the form of the shared corpus: id, class, expected, URL, script, why."""

import json

LITERALS = """
http://127.1/ http://127.0.0.2:8080/ http://0/ http://0x0/ http://0177.1/ http://0x7f.0x0.0x0.0x1/ http://0x7F.1/ http://127.1./
http://3232235777/ http://0xc0a80101/ http://030052000401/ http://192.168.257/ http://169.254.169.254.:80/ http://0xA9.254.0251.0xFE/
http://10.255.255.255/ http://172.16.255.1/ http://172.31.0.1/ http://192.168.255.255/ http://100.64.0.1/ http://100.127.255.255/
http://100.100.100.200/latest/meta-data/ http://192.0.0.170/ http://198.18.0.1/ http://198.19.255.255/ http://239.255.255.250/
http://240.0.0.1/ http://255.255.255.254/ http://168.63.129.16:8080/ http://192.0.2.255/ http://203.0.113.77/ http://4294967295/
http://１２７.０.０.１/ http://127｡0｡0｡1/ http://127．0．0．1/ http://①②⑦.1/ http://%30x7f000001/ http://%6cocalhost/ http://ⓛocalhost/
http://LOCALHOST/ http://localhost./ http://localhost../ http://a.b.localhost./ http://localhost.localdomain/ http://printer.local/
http://vault.internal./ http://metadata.google.internal./ http://kubernetes.default.svc.cluster.local/ http://router.lan/
http://nas.home.arpa/ http://wiki.corp/ http://intranet/ http://db:80/ http://x.intranet/ http://server.private/ http://router.home/
http://[::]/ http://[::127.0.0.1]/ http://[::ffff:0a00:0001]/ http://[::ffff:8.8.8.8]/ http://[0:0:0:0:0:ffff:7f00:1]/
http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b::10.0.0.1]/ http://[64:ff9b:1::7f00:1]/
http://[64:ff9b:1:fffe::1]/ http://[2002:a00:1::]/ http://[2002:c0a8:101::1]/ http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
http://[2001:0:53aa:64c:0:0:80ff:fffe]/ http://[2001:10::1]/ http://[2001:20::1]/ http://[2001:db8:1::1]/ http://[3fff::1]/
http://[2a00:1450:4001:80e:0:5efe:7f00:1]/ http://[2a00:1450:4001:80e:200:5efe:a00:1]/ http://[fe80::5efe:7f00:1]/
http://[febf::1]/ http://[fec0:1::1]/ http://[feff::1]/ http://[fc00::1]/ http://[fdff::1]/ http://[ff05::1:3]/ http://[ff0e::1]/
http://[100::]/ http://[5f00::1]/ http://[4000::1]/ http://[::1%25lo]/ http://[fe80::1%25eth0]/ http://[::1]:8080/ http://[0000::1]/
http://[2620:4f:8000::1]/ http://192.175.48.6/ http://192.88.99.2/ http://[::ffff:0:10.0.0.1]/ http://[0:0:0:0:0:0:127.0.0.1]/
"""
OTHERS = """
https://example.com:22/ http://example.com:25/ http://example.com:0/ http://example.com:3000/ http://example.com:9200/ https://example.com:5432/
http://example.com:080808/ http://example.com:65616/ http://example.com:-80/ http://example.com:8_0/ ftp://example.com/ sftp://example.com/
jar:http://127.0.0.1!/ javascript:fetch('http://127.0.0.1/') data:text/html,<script>1</script> about:blank mailto:x@example.com
unix:/var/run/docker.sock wss://127.0.0.1/ tftp://127.0.0.1/x netdoc:///etc/passwd php://filter http+unix://%2Fvar%2Frun%2Fdocker.sock/
chrome-extension://abc/x filesystem:http://127.0.0.1/x HTTPS:127.0.0.1 http:127.0.0.1 http:\\\\127.0.0.1/ \\\\127.0.0.1\\x /\\127.0.0.1/
http:////127.0.0.1/ http://user@example.com/ http://:secret@example.com/ https://example.com%40127.0.0.1/ http://127.0.0.1%2f@example.com/
http://127.0.0.1:80\\@example.com/ http://127.0.0.1;@example.com/ http://example.com;@127.0.0.1/
http://example.com&@127.0.0.1/ http://[::1]@example.com/ http://127.0.0.1%00.example.com/ http://127.0.0.1%09/ http://127.0.0.1%23.example.com/
http://127.0.0.1%E2%80%8B/ http://ex%61mple.com@localhost/ http://[::1].example.com/ http://[127.0.0.1]/ http://127.0.0.1:80:80/ http://?127.0.0.1/
http://127.0.0.1../ http://0x7f.1../ http://./ http://../ http://.localhost/ http://a..b.test/
"""
NAMES = {
    "one of many": "A 93.184.216.34, A 93.184.216.35, A 10.1.2.3",
    "the last is v6": "A 93.184.216.34, AAAA 2606:2800:21f::1, AAAA fe80::1",
    "mapped": "AAAA ::ffff:10.0.0.1",
    "6to4": "AAAA 2002:a00:1::1",
    "teredo": "AAAA 2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "unique local": "AAAA fd12:3456::1",
    "cloud metadata": "A 100.100.100.200",
    "unspecified": "A 0.0.0.0",
    "any other": "CNAME x.test -> A 192.168.1.1",
    "more than can be told": ", ".join(f"A 93.184.216.{number}" for number in range(70)),
}
REDIRECTS = """
http://0x7f000001/ http://localhost/ //169.254.169.254/ http:\\\\10.0.0.1/ http://[::ffff:127.0.0.1]/ http://user:x@pub.test/ http://pub.test:6379/
file:///etc/passwd gopher://127.0.0.1/ data:text/html,x javascript:1 ws://127.0.0.1:8123/ http://metadata/ http://pub.test@10.0.0.1/ http://
"""
CALL = "http://10.0.0.1:8123/x"
PAGES = {  # what a page may do to make a browser call somebody
    "many ways at once": (
        f"<link rel=preconnect href={CALL}><link rel=prefetch href={CALL}><link rel=preload as=script href={CALL}>"
        f"<link rel=modulepreload href={CALL}><link rel=stylesheet href={CALL}><link rel=icon href={CALL}><link rel=manifest href={CALL}>"
        f"<link rel=dns-prefetch href={CALL}><style>@import '{CALL}'; @font-face {{font-family: x; src: url({CALL})}} p {{font-family: x;"
        f" background: url({CALL})}}</style><p>x</p><img src={CALL} srcset='{CALL} 2x'><video src={CALL} poster={CALL}><track src={CALL}></video>"
        f"<audio src={CALL}></audio><object data={CALL}></object><embed src={CALL}><iframe src={CALL}></iframe>"
        f"<iframe srcdoc='<img src={CALL}>'></iframe><svg><use href={CALL}#x /><image href={CALL} /></svg><script src={CALL}></script>"
    ),
    "fetch": f"<script>fetch('{CALL}', {{mode: 'no-cors'}}); new XMLHttpRequest().open('GET', '{CALL}')</script>",
    "fetch of loopback": "<script>for (const at of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']) fetch(`http://${at}:8123/`)</script>",
    "web socket": "<script>new WebSocket('ws://10.0.0.1:8123/'); new WebSocket('ws://127.0.0.1:9222/devtools')</script>",
    "event source": f"<script>new EventSource('{CALL}')</script>",
    "beacon": f"<script>navigator.sendBeacon('{CALL}', 'x')</script>",
    "keepalive": f"<script>fetch('{CALL}', {{method: 'POST', keepalive: true, body: 'x', mode: 'no-cors'}})</script>",
    "module": f"<script type=module>import '{CALL}'</script><script>import('{CALL}')</script>",
    "worker": f"<script>new Worker(URL.createObjectURL(new Blob([`fetch('{CALL}')`])))</script>",
    "shared worker": f"<script>new SharedWorker(URL.createObjectURL(new Blob([`fetch('{CALL}')`])))</script>",
    "frame in a frame": f"<iframe srcdoc=\"<iframe src='{CALL}'></iframe>\"></iframe><script>1</script>",
    "leading away": f"<script>setTimeout(() => location = '{CALL}', 10)</script>",
    "refresh": f"<meta http-equiv=refresh content='0;url={CALL}'>",
    "popup": f"<script>window.open('{CALL}')</script>",
    "form": f"<form method=post action={CALL}><input name=x></form><script>document.forms[0].submit()</script>",
    "form in a frame": f"<iframe name=f></iframe><form target=f action={CALL}></form><script>document.forms[0].submit()</script>",
    "download": f"<a download href={CALL}>x</a><script>document.querySelector('a').click()</script>",
    "ping": f"<a ping={CALL} href='#x'>x</a><script>document.querySelector('a').click()</script>",
    "turn by tcp": "<script>const p = new RTCPeerConnection({iceServers: [{urls: 'turn:10.0.0.1:80?transport=tcp', username: 'a',"
    " credential: 'b'}]}); p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)); fetch('/hold')</script>",
    "redirect of a part": "302 sub-resource -> http://10.0.0.1:8123/x",
    "tls": "<script>fetch('https://10.0.0.1/'); fetch('https://metadata.google.internal/')</script>",
    "names": "<script>for (const at of ['metadata', 'vault.internal', 'a.localhost']) fetch(`http://${at}/`)</script>",
}
SILENT = {  # what the browser itself does not do; the proxy is not even asked
    "service worker": "<script>navigator.serviceWorker && navigator.serviceWorker.register('/sw.js')</script>",
    "file": "<iframe src='file:///etc/passwd'></iframe><script>fetch('file:///etc/passwd')</script>",
    "stun": "<script>const p = new RTCPeerConnection({iceServers: [{urls: 'stun:10.0.0.1:3478'}, {urls: 'stun:93.184.216.34:3478'}]});"
    " p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)); fetch('/hold')</script>",
    "speculation": f'<script type=speculationrules>{{"prerender": [{{"source": "list", "urls": ["{CALL}"]}}]}}</script><script>1</script>',
    "web transport": "<script>new WebTransport('https://10.0.0.1:8443/')</script>",
}
CONTROLS = """
http://8.8.8.8/ http://100.128.0.1/ http://169.253.255.255/ http://169.255.0.1/ http://172.15.0.1/ http://192.167.255.255/ http://192.169.0.1/
http://126.255.255.255/ http://128.0.0.1/ http://9.255.255.255/ http://223.255.255.255/ http://198.17.255.255/ http://198.20.0.1/
http://134744072/ http://[2606:4700::1111]/ http://[2001:200::1]/ http://[2003::1]/ http://[64:ff9b::8.8.8.8]/ https://pub.test/ http://pub.test:8443/
http://localhost.pub.test/ http://internal.pub.test/ http://xn--bcher-kva.test/ http://pub.test./
http://pub.test\\@127.0.0.1/
"""


def rows() -> list[list[str]]:
    """All of them."""
    found = [("literal", "BLOCK", url, "-") for url in LITERALS.split()]
    found += [("other", "BLOCK", url, "-") for url in OTHERS.split()]
    found += [("dns", "BLOCK", f"http://{name.replace(' ', '-')}.test/", script) for name, script in NAMES.items()]
    for status, leads in zip((301, 302, 303, 307, 308) * 3, REDIRECTS.split(), strict=True):
        found.append(("redirect", "BLOCK", f"http://pub.test/r{len(found)}", f"{status} -> {leads}"))
    for pages, kind in ((PAGES, "browser"), (SILENT, "silent")):
        found += [
            (kind, "BLOCK", f"http://pub.test/{name.replace(' ', '-')}", script) for name, script in pages.items()
        ]
    found += [("control", "ALLOW", url, "-") for url in CONTROLS.split()]
    return [
        [f"Q{number:03}", kind, expected, json.dumps(url), script, "-"]
        for number, (kind, expected, url, script) in enumerate(found, 1)
    ]
