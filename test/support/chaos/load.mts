import type { Simulator } from '../simulator/index.mts';

export interface Load {
	/** Ids of the events, in the order in which they happened. */
	stop(): { events: string[]; seconds: number };
}

/** Something happens at the site again and again, whether n8n is there or not. */
export function startLoad(site: Simulator, perSecond: number): Load {
	const started = Date.now();
	const events: string[] = [];
	const timer = setInterval(() => events.push(site.emit('page_create').id), 1000 / perSecond);
	return {
		stop: () => {
			clearInterval(timer);
			return { events, seconds: Math.round((Date.now() - started) / 1000) };
		},
	};
}
