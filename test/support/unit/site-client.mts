import { type ApiClient, ExpertClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { send } from '../http.mts';
import type { Simulator } from '../simulator/index.mts';

/** Calls of the API, e.g. `GET /pages/home/find`; the client itself is that of the package. */
export function clientOf(simulator: Simulator, token = simulator.longTermToken): ApiClient {
	return new ExpertClient(
		async ({ method, path, query = {}, body }) => {
			const parameters = Object.entries(query).map(([name, value]) => [name, `${value}`] as const);
			const search = new URLSearchParams(Object.fromEntries(parameters)).toString();
			const url = `${simulator.url}/@api/deki${path}${search === '' ? '' : `?${search}`}`;
			const headers = { Authorization: `Bearer ${token}` };
			return await send(url, { method, headers, body: body?.toString() });
		},
		[],
		60_000,
	);
}

/** The calls that a site has got, in short: `GET /pages/home/find`. */
export function callsAt({ apiCalls }: Simulator): string[] {
	return apiCalls.map(({ method, path }) => `${method} ${path}`);
}
