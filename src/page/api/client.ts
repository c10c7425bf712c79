/** Asks the API of the server, with the token of whoever signed in. What is shown of answers is decided by views. */

interface ApiErrorDetails {
  readonly hint?: string;
  readonly code?: string;
}

/** An answer that is a refusal, or none at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string | undefined;
  /** As the server calls it. */
  readonly code: string | undefined;

  constructor(status: number, message: string, { hint, code }: ApiErrorDetails = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.hint = hint;
    this.code = code;
  }
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const tokenKey = "tbuild-token";

export class Api {
  /** Until the tab is closed; never in a cookie, so that no other page can use it. */
  get token(): string | undefined {
    return sessionStorage.getItem(tokenKey) ?? undefined;
  }

  set token(token: string | undefined) {
    if (token === undefined) sessionStorage.removeItem(tokenKey);
    else sessionStorage.setItem(tokenKey, token);
  }

  /** @throws ApiError */
  async json<T>(path: string, ask: Ask = {}): Promise<T> {
    const response = await this.ask(path, ask);
    return (await response.json()) as T;
  }

  /** Headers have come, and say that all is well. @throws ApiError */
  async ask(path: string, { method = "GET", body, headers, signal }: Ask = {}): Promise<Response> {
    const { token } = this;
    const response = await fetched(`/api/v1${path}`, {
      method,
      cache: "no-store",
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new ApiError(0, "the server does not answer", {
      hint: "it is tried again by itself",
    });
  }
}

/** What a proxy in between answers is no JSON. */
async function refusalOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: ApiErrorDetails & { message: string } };
    return new ApiError(response.status, error.message, error);
  } catch {
    return new ApiError(response.status, `the server answered ${response.status}`);
  }
}
