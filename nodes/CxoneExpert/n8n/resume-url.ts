import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * Relies on: `$execution.resumeUrl` is WEBHOOK_URL, `webhook-waiting/` and the execution's ID, with
 * every expression engine. n8n tells only triggers the address of webhooks, and its "instance base
 * URL" is the editor's, which can differ. `/webhook/` is n8n's default: where N8N_ENDPOINT_WEBHOOK
 * changes it, no webhook is found, and users need the option "Webhook URL".
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: operations that need the address refuse, and say
 * what to enter.
 *
 * Look first at: n8n-core, `get-additional-keys`: `resumeUrl`.
 */

/** Address of production webhooks, e.g. `https://n8n.example.com/webhook/`, if n8n tells it. */
export function webhookEndpoint(n8n: IExecuteFunctions, item: number): string | undefined {
	const { $execution } = n8n.getWorkflowDataProxy(item) as {
		$execution?: { resumeUrl?: unknown };
	};
	const resumeUrl = String($execution?.resumeUrl ?? '');
	if (!URL.canParse(resumeUrl)) return undefined;
	return new URL('../webhook/', resumeUrl.replace(/[?#].*/s, '')).href;
}
