/** Sends the form of `/login` of a monitor that listens, as a browser does. */
export async function postSignIn(url: string, login: string, password: string): Promise<Response> {
  const page = await fetch(`${url}/login`);
  const csrf = (await page.text()).match(/name="_csrf" value="([^"]+)"/)?.[1] ?? "";
  const cookie = page.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");
  return await fetch(`${url}/login`, {
    method: "POST",
    headers: { cookie, "content-type": "application/x-www-form-urlencoded", "accept-language": "ru" },
    body: new URLSearchParams({ _csrf: csrf, login, password, returnTo: "" }),
    redirect: "manual",
  });
}
