/**
 * Whether tests have to be left out because the machine lacks a program, which is said. An error on CI:
 * there nobody would see that something is never tested.
 *
 * @param installed by the name of the Debian package, whether the program is there
 */
export function lacks(installed: Record<string, boolean>): boolean {
	const missing = Object.keys(installed).filter((name) => !installed[name]);
	if (missing.length === 0) return false;
	const message = `NOT TESTED, as this machine lacks programs. Install them: sudo apt-get install ${missing.join(' ')}`;
	if (process.env.CI === 'true') throw new Error(message);
	console.warn(`\n${message}\n`);
	return true;
}
