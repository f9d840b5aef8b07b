import { inspect } from 'node:util';

interface Line {
	level: string;
	message: string;
	/** Everything that was handed to the logger, as text. */
	all: string;
}

/** Replaces n8n's logger and keeps every line. */
class KeptLog {
	lines: Line[] = [];

	scoped(): this {
		return this;
	}

	error(...said: unknown[]): void {
		this.keep('error', said);
	}

	warn(...said: unknown[]): void {
		this.keep('warn', said);
	}

	info(...said: unknown[]): void {
		this.keep('info', said);
	}

	debug(...said: unknown[]): void {
		this.keep('debug', said);
	}

	/** The messages of one level. */
	of(level: string): string[] {
		return this.lines.filter((line) => line.level === level).map(({ message }) => message);
	}

	private keep(level: string, said: unknown[]): void {
		this.lines.push({ level, message: String(said[0]), all: inspect(said, { depth: 8 }) });
	}
}

export const log = new KeptLog();
