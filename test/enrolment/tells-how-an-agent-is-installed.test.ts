import { rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { enrolmentCommands } from "../../src/monitor/enrolment/enrolment-commands.ts";
import { translator } from "../../src/monitor/viewer/language.ts";
import { AGENT_PACKAGE_PATH } from "../../src/protocol/agent-update.ts";
import { formatEnrolmentCode, parseEnrolmentCode } from "../../src/protocol/enrolment.ts";
import { FACTS, offerPackage, ZIP } from "../helpers/agent-package.ts";
import { startAdministered, textOf, unescapeHtml } from "../helpers/page.ts";

const ru = translator("ru");
const PIN = `sha256:${"ab".repeat(32)}`;
const SHA256 = "cd".repeat(32);
const SECRET = "a-secret-that-nobody-may-see_0";
const CODE = { monitor: "https://poswatch.example:8443", pins: [PIN], secret: SECRET };

t.test("the line for PowerShell downloads, checks, installs and leaves nothing behind", async (t) => {
  const { windows, source } = enrolmentCommands(ru, CODE, { sha256: SHA256 });
  const code = formatEnrolmentCode(CODE);
  t.equal(
    windows?.line,
    "& {$ErrorActionPreference='Stop';$f=Join-Path $env:ProgramFiles ('poswatch-'+[guid]::NewGuid());" +
      "try{try{[Console]::OutputEncoding=[Text.Encoding]::UTF8}catch{};" +
      "if(!(([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent())" +
      ".IsInRole([Security.Principal.WindowsBuiltInRole]'Administrator'))){throw 'Нужны права администратора:" +
      " откройте PowerShell пунктом «Запуск от имени администратора» и вставьте команду снова.'};" +
      "if(!([Environment]::OSVersion.Version.Major -ge 10 -and [Environment]::Is64BitOperatingSystem))" +
      "{throw 'Нужна 64-разрядная Windows 10, Windows Server 2016 или новее.'};" +
      "[Net.ServicePointManager]::SecurityProtocol='Tls12';" +
      "Add-Type 'using System.Net.Security;using System.Security.Cryptography.X509Certificates;" +
      "public class PoswatchTrust{public static bool Any(object s,X509Certificate c,X509Chain h,SslPolicyErrors e){return true;}}';" +
      "[Net.ServicePointManager]::ServerCertificateValidationCallback=" +
      "[Delegate]::CreateDelegate([Net.Security.RemoteCertificateValidationCallback],[PoswatchTrust].GetMethod('Any'));" +
      "Write-Host 'Скачиваем агента…';$w=New-Object Net.WebClient;" +
      "if($w.Proxy){$w.Proxy.Credentials=[Net.CredentialCache]::DefaultCredentials};" +
      "$b=$w.DownloadData('https://poswatch.example:8443/agent/windows.zip');" +
      "$h=[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($b)) -replace '-';" +
      `if($h -ne '${SHA256}')` +
      "{throw 'Пакет агента скачан не полностью или уже заменён в Poswatch. Получите в Poswatch новую команду.'};" +
      "Write-Host 'Агент скачан и проверен. Устанавливаем…';" +
      `[IO.File]::WriteAllBytes("$f.zip",$b);Add-Type -AssemblyName System.IO.Compression.FileSystem;` +
      `[IO.Compression.ZipFile]::ExtractToDirectory("$f.zip",$f);$ErrorActionPreference='Continue';` +
      `& "$f\\poswatch-agent.exe" install --code ${code}}` +
      "catch{Write-Host ('Установить агента не удалось:'+' '+$_.Exception.Message) -ForegroundColor Red}" +
      "finally{[Net.ServicePointManager]::ServerCertificateValidationCallback=$null;" +
      `Remove-Item -Recurse -Force -ErrorAction Ignore $f,"$f.zip"}}`,
  );
  t.equal(windows?.unpacked, `poswatch-agent.exe install --code ${code}`);
  t.equal(source, `npm run agent -- --config agent.json enroll --code ${code}`);
});

t.test("where an authority vouches, the certificate is checked, and no address ends a text", async (t) => {
  const vouched = { ...CODE, monitor: "https://poswatch.example/it's", pins: [] };
  const { windows } = enrolmentCommands(ru, vouched, { sha256: SHA256 });
  t.notMatch(windows?.line, "PoswatchTrust");
  t.match(windows?.line, "DownloadData('https://poswatch.example/it''s/agent/windows.zip')");
  t.equal(enrolmentCommands(ru, CODE, null).windows, null);
});

const commandOf = (body: string, id: string) =>
  unescapeHtml(body.match(new RegExp(`<code id="${id}">([^<]*)</code>`))?.[1] ?? "");

t.test("where there is a package, its line comes first, in the letter too", async (t) => {
  const { monitor, admin: browser } = await startAdministered(t);
  offerPackage(monitor);
  await browser.post("/first-start/codes");
  const { body } = await browser.get("/first-start");
  const line = commandOf(body, "command");
  t.match(line, `$h -ne '${FACTS.sha256}'`);
  t.match(line, "DownloadData('http://localhost/agent/windows.zip'");
  const unpacked = commandOf(body, "unpacked");
  t.match(unpacked, /^poswatch-agent\.exe install --code \S+$/);
  t.ok(parseEnrolmentCode(unpacked.split(" ").at(-1) ?? ""));
  t.match(commandOf(body, "source"), /^npm run agent -- --config agent\.json enroll --code \S+$/);
  t.match(textOf(body), "Windows 10, Windows Server 2016 или новее и права администратора");
  const letter = unescapeHtml(body.match(/<textarea id="letter"[^>]*>([^<]*)/)?.[1] ?? "");
  t.ok(letter.includes(`\n\n${line}\n\n`));
  t.match(letter, "откройте PowerShell от имени администратора");

  const made = await browser.post("/enrolments", { organization: "", uses: "3", days: "1" });
  const page = await browser.get(String(made.headers.location));
  t.match(commandOf(page.body, "command"), FACTS.sha256);
  t.match(textOf(page.body), "Без PowerShell или на Linux");
  t.match(await browser.text("/enrolments"), "poswatch-agent.exe install --code КОД");
});

t.test(
  "whoever asks gets the package that is there once, if it is what the file beside it tells",
  async (t) => {
    const { monitor, admin } = await startAdministered(t);
    const folder = join(monitor.dataDir, "agent-packages");
    const put = (facts: unknown, zip = ZIP) => offerPackage(monitor, { facts, zip });
    const get = (method: "GET" | "HEAD" = "GET", known = "") =>
      monitor.app.inject({
        method,
        url: AGENT_PACKAGE_PATH,
        headers: known ? { "if-none-match": known } : {},
      });
    const page = () => admin.text("/enrolments");
    t.match(await get(), { statusCode: 404 });
    const none = await page();
    t.match(none, "Пакета пока нет");
    t.match(none, `npm run build:agent -- --to ${folder}`);

    put(FACTS);
    const { statusCode, headers, rawPayload } = await get();
    t.equal(statusCode, 200);
    t.ok(rawPayload.equals(ZIP));
    const length = { "content-length": String(ZIP.length) };
    t.match(headers, { "content-type": "application/zip", ...length });
    t.match(await get("HEAD"), { statusCode: 200, body: "", headers: length });
    const text = await page();
    t.match(text, "Скачать пакет версия 0.2.0, 23 байта");
    t.match(text, FACTS.sha256);
    const etag = String(headers.etag);
    for (const known of [etag, `"other", ${etag}`, "*"])
      t.match(await get("GET", known), { statusCode: 304, body: "", headers: { etag } }, known);
    t.match(await get("GET", '"other"'), { statusCode: 200 });

    const isRefused = async (what: string) => {
      t.match(await get(), { statusCode: 404 }, what);
      t.match(await page(), "не совпадает со своим описанием", what);
    };
    put(FACTS, Buffer.from("PK, as if it were a ZIP"));
    await isRefused("another file of the same size");
    put({ ...FACTS, size: 7 });
    await isRefused("another size");
    put("text");
    await isRefused("no facts");
    put(FACTS);
    t.match(await get(), { statusCode: 200 }, "put right, it is offered");
    rmSync(join(folder, "windows.json"));
    await isRefused("nothing beside it");
  },
);
