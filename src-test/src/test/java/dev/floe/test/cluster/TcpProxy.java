package dev.floe.test.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a port of loopback. While it is cut nothing passes, and no connection breaks: so a
 * network does that has come apart.
 */
final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 8192;

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private boolean cut;

  private TcpProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /** Passes on to {@code target} from now on. */
  static TcpProxy to(int target) throws IOException {
    TcpProxy proxy =
        new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    inBackground(proxy::accept);
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  synchronized void cut() {
    cut = true;
  }

  synchronized void heal() {
    cut = false;
    notifyAll();
  }

  private synchronized void awaitHealed() throws InterruptedException {
    while (cut) {
      wait();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket from = server.accept();
        inBackground(() -> connect(from));
      } catch (IOException e) {
        // closed, or a caller that has gone already
      }
    }
  }

  private void connect(Socket from) {
    try {
      awaitHealed();
      Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(from);
      open.add(to);
      inBackground(() -> pass(from, to));
      inBackground(() -> pass(to, from));
    } catch (IOException e) {
      close(from); // nobody is there, which the caller hears so
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitHealed();
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // one side has gone: so goes the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }

  @Override
  public void close() {
    close(server);
    open.forEach(TcpProxy::close);
    heal();
  }
}
