/** The version of this package. `scripts/bundle.mjs` puts it into the built file. */
export { version as PACKAGE_VERSION } from '../../../../../package.json';
