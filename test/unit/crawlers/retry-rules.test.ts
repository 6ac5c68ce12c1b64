import { describe, expect, it } from 'vitest';
import { faultOfError, readRetryAfterMs } from '../../../src/crawlers/http/fetch-fault.js';
import { retryDelayMs } from '../../../src/crawlers/requests/request-manager.js';

const NOW = Date.UTC(2026, 6, 20, 12);

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999', 86_400_000],
    ['99999999999999', 86_400_000],
    ['Mon, 20 Jul 2026 12:00:30 GMT', 30_000],
    ['Mon, 20 Jul 2026 11:00:00 GMT', 0],
    ['Sat, 20 Jul 2030 11:00:00 GMT', 86_400_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%j is %j ms', (value, expected) => {
    expect(readRetryAfterMs(value, NOW)).toBe(expected);
  });
});

describe('a connection over TLS that did not come about', () => {
  const failed = (message: string, code: string) => faultOfError(Object.assign(new Error(message), { code }));

  it.each([
    ['UNSPECIFIED', 'CA signature digest algorithm too weak'],
    ['CERT_NOT_YET_VALID', 'certificate is not yet valid'],
    ['INVALID_PURPOSE', 'unsuitable certificate purpose'],
    ['UNABLE_TO_GET_CRL', 'unable to get certificate CRL'],
    ['ERR_OSSL_EVP_UNSUPPORTED', 'unsupported'],
  ])('is told as such: %s', (code, message) => {
    expect(failed(message, code)).toMatchObject({ reason: 'tls', detail: `${code}: ${message}`, retryable: false });
  });

  it('is told without where in OpenSSL the error arose', () => {
    const message =
      '802CC2B9DB7F0000:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/rec_layer_s3.c:1601:SSL alert number 70\n';
    expect(failed(message, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION').detail).toBe(
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: tlsv1 alert protocol version',
    );
  });
});

describe('the wait before a retry', () => {
  it('doubles up to half a minute, the upper half left to chance', () => {
    const least = [1, 2, 3, 4, 5, 6, 7, 20].map((attempts) => retryDelayMs(attempts, () => 0));
    expect(least).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(retryDelayMs(3, () => 1)).toBe(2000);
  });
});
