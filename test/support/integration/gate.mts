/** Something that others wait for until it is opened. */
export interface Gate {
	/** Resolves once something waits. */
	reached: Promise<void>;
	wait: () => Promise<void>;
	open: () => void;
	/** Rejects all waits with this. */
	fail: (error: Error) => void;
}

export function gate(): Gate {
	const opened = Promise.withResolvers<void>();
	const reached = Promise.withResolvers<void>();
	opened.promise.catch(() => {});
	return {
		reached: reached.promise,
		wait: async () => {
			reached.resolve();
			await opened.promise;
		},
		open: opened.resolve,
		fail: opened.reject,
	};
}
