package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ClientCertificate;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A console in a tab of its own; whatever the browser complains of is kept. */
final class ConsolePage implements AutoCloseable {
    private final List<String> complaints = new ArrayList<>();
    private final List<Response> responses = new ArrayList<>();
    private final BrowserContext context;
    final Page page;

    ConsolePage(Browser browser, ColorScheme scheme, String base, Optional<Credentials> shown) {
        Browser.NewContextOptions options = new Browser.NewContextOptions()
                .setColorScheme(scheme)
                .setViewportSize(1200, 860)
                .setLocale("en-GB")
                .setTimezoneId("UTC");
        shown.ifPresent(own -> options.setIgnoreHTTPSErrors(true)
                .setClientCertificates(List.of(
                        new ClientCertificate(base).setCertPath(own.chain()).setKeyPath(own.key()))));
        context = browser.newContext(options);
        context.setDefaultTimeout(40_000);
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onResponse(responses::add);
        page.navigate(base + "/console/");
        updated(1);
    }

    /** Waits until the page has been brought up to date so many times. */
    void updated(int times) {
        page.waitForFunction("n => Number(document.body.dataset.updates ?? 0) >= n", times);
    }

    /** Waits for the next time. */
    void updatedAgain() {
        updated(Integer.parseInt(page.evaluate("document.body.dataset.updates").toString()) + 1);
    }

    /** Waits for more of them without being itself what the page is busy with. */
    void updatedSeldomLooking(int more) {
        int times =
                Integer.parseInt(page.evaluate("document.body.dataset.updates").toString()) + more;
        page.waitForFunction(
                "n => Number(document.body.dataset.updates) >= n",
                times,
                new Page.WaitForFunctionOptions().setPollingInterval(3000).setTimeout(120_000));
    }

    String text(String id) {
        return page.locator("#" + id).textContent();
    }

    /** The value behind a cell, as the page was told it. */
    String value(String table, String row, int column) {
        return String.valueOf(row(table, row).locator("td").nth(column).getAttribute("data-value"));
    }

    /** The row of a table by its head. */
    Locator row(String table, String head) {
        return page.locator("#" + table + " tbody tr")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator("th", new Page.LocatorOptions().setHasText(head))));
    }

    List<String> heads(String table) {
        return page.locator("#" + table + " tbody th").allTextContents();
    }

    /** The octets of all that has come so far. */
    int octets() {
        return responses.stream().mapToInt(response -> response.body().length).sum();
    }

    void isWellMade() {
        var results = new AxeBuilder(page).analyze();
        assertThat(results.getViolations())
                .as(
                        "axe: %s",
                        results.getViolations().stream()
                                .map(rule -> rule.getId() + " "
                                        + rule.getNodes().stream()
                                                .map(node -> String.valueOf(node.getTarget()) + node.getAny())
                                                .toList())
                                .toList())
                .isEmpty();
        assertThat(complaints).isEmpty();
    }

    void picture(String name) {
        picture(name, true);
    }

    void pictureOfTheWindow(String name) {
        picture(name, false);
    }

    private void picture(String name, boolean whole) {
        Path folder = Path.of(System.getProperty("console.pictures", "target/console"));
        page.screenshot(new Page.ScreenshotOptions().setFullPage(whole).setPath(folder.resolve(name + ".png")));
    }

    @Override
    public void close() {
        context.close();
    }
}
