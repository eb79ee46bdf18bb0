/** Real receivers of alerts on this machine: a mail server and a web server, each with its faults. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type Mail = { readonly to: readonly string[]; readonly raw: string };

export type MailServer = {
  readonly port: number;
  readonly mails: readonly Mail[];
  readonly close: () => Promise<void>;
};

/** `login` asks for it; its password is compared. `refuse` is what every mail is answered with. */
export async function startMailServer(
  options: {
    readonly login?: { readonly user: string; readonly password: string };
    readonly refuse?: string;
    readonly port?: number;
  } = {},
): Promise<MailServer> {
  const mails: Mail[] = [];
  const { login, refuse } = options;
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    closeTimeout: 10,
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const isRight = auth.username === login?.user && auth.password === login?.password;
      if (isRight) done(null, { user: auth.username });
      else done(new Error(`no: ${auth.username} with ${auth.password}`));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
      stream.on("end", () => {
        if (refuse !== undefined) return done(new Error(refuse));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, raw: Buffer.concat(chunks).toString("utf8") });
        return done();
      });
    },
  });
  server.on("error", () => server.listenerCount("error"));
  await new Promise<void>((ready) => void server.listen(options.port ?? 0, "127.0.0.1", ready));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise((closed) => server.close(() => closed())) };
}

export type Posted = { readonly headers: IncomingHttpHeaders; readonly body: string };

export type WebServer = {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** What the next posts are answered with; "never": no answer. */
  answer: number | "never" | "drop";
  readonly close: () => Promise<void>;
};

export async function startWebServer(path = "/hooks/KEY-IN-PATH"): Promise<WebServer> {
  const posted: Posted[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      posted.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      const { answer } = receiver;
      if (answer === "never") return;
      if (answer === "drop") return void request.socket.destroy();
      response.writeHead(answer, { location: `${receiver.url}/elsewhere` });
      response.end("the body of the answer");
    });
  });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const receiver: WebServer = {
    url: `http://127.0.0.1:${port}${path}`,
    posted,
    answer: 200,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  return receiver;
}
