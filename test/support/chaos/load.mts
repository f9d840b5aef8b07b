import type { Simulator } from '../simulator/index.mts';

export interface Load {
	/** Ids of the events, in the order in which they happened. */
	stop(): { events: string[]; seconds: number };
}

/** n8n is as busy with fewer, and a slow one would work off more for many minutes. */
export const MAX_PENDING = 100;

/** Something happens at the site again and again, whether n8n is there or not. */
export function startLoad(site: Simulator, perSecond: number): Load {
	const started = Date.now();
	const events: string[] = [];
	const isBusy = () => site.queue.pending >= MAX_PENDING;
	const emit = () => !isBusy() && events.push(site.emit('page_create').id);
	const timer = setInterval(emit, 1000 / perSecond);
	return {
		stop: () => {
			clearInterval(timer);
			return { events, seconds: Math.round((Date.now() - started) / 1000) };
		},
	};
}
