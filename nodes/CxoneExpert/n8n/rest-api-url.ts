import type { ILoadOptionsFunctions } from 'n8n-workflow';

/*
 * Relies on: `getRestApiUrl()` is WEBHOOK_URL and `rest`. n8n tells the panel of a node the address of webhooks in no
 * other way: its "instance base URL" is the editor's, which can differ, and no execution has a `resumeUrl`
 * (resume-url.ts).
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the trigger's panel can show another address before publishing, and
 * publishing checks the right one.
 *
 * Look first at: n8n, `workflow-execute-additional-data`: `restApiUrl`.
 */

/** Address of production webhooks, e.g. `https://n8n.example.com/webhook/`, while a panel is open. */
export function webhookEndpointInPanel(n8n: ILoadOptionsFunctions): string {
	return new URL('webhook/', n8n.getRestApiUrl()).href;
}
