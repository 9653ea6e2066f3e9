/** Rules that hold for the code of all modules. */
package dev.floe.test.architecture;
