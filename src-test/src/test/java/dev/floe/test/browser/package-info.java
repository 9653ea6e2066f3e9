/** The page in a real browser, on the real server. */
package dev.floe.test.browser;
