/** The web page: its files, from the class path, and the routes that serve them. */
package dev.floe.dashboards;
