import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * Relies on: `$execution.resumeUrl` is WEBHOOK_URL, `webhook-waiting/` and the id of the execution, with
 * every expression engine. n8n gives the address of webhooks to triggers only, and its "instance base URL"
 * is that of the editor, which can differ. The last part of the address is n8n's default: where
 * N8N_ENDPOINT_WEBHOOK changes it, no webhook is found, and the option "Webhook URL" is needed.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the operations that need the address refuse, and say what
 * to enter.
 */

/**
 * Where this n8n receives its production webhooks, e.g. `https://n8n.example.com/webhook/`; `undefined`
 * when n8n does not say.
 *
 * @param item index of the item for which an operation runs
 */
export function webhookEndpoint(n8n: IExecuteFunctions, item: number): string | undefined {
	const { $execution } = n8n.getWorkflowDataProxy(item) as {
		$execution?: { resumeUrl?: unknown };
	};
	const resumeUrl = String($execution?.resumeUrl ?? '');
	if (!URL.canParse(resumeUrl)) return undefined;
	return new URL('../webhook/', resumeUrl.replace(/[?#].*/s, '')).href;
}
