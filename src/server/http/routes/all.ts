/** All routes, and the document that describes them. */
import { openApiDocument } from "../api/openapi.ts";
import { type Route, route } from "../api/route.ts";
import { repositoryRoutes } from "./repositories.ts";
import { runRoutes } from "./runs.ts";
import { serverRoutes } from "./server.ts";
import { streamRoutes } from "./streams.ts";

const declared = [...runRoutes, ...streamRoutes, ...repositoryRoutes, ...serverRoutes];

/** Made when it is asked for first, from all that there is, itself included. */
let document: string | undefined;

const describe = route(
  {
    method: "GET",
    path: "/api/v1/openapi.json",
    summary: "This document",
    scope: "anyone",
    answers: { 200: { what: "OpenAPI 3.1", type: "application/json" } },
  },
  () => {
    document ??= JSON.stringify(openApiDocument(allRoutes));
    return { kind: "text", type: "application/json", text: document };
  },
);

export const allRoutes: readonly Route[] = [...declared, describe];
