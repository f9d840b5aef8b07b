import type { IHookFunctions } from 'n8n-workflow';

/** n8n has started, or another main process has taken over: nobody has published anything. */
export function isStart(context: Pick<IHookFunctions, 'getActivationMode'>): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
