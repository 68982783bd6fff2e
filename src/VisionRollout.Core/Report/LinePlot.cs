using System.Globalization;
using System.Text;

namespace VisionRollout.Core.Report;

/// <summary>A line plot over time as SVG: lines with intervals as bands, a limit, and marks where something began.</summary>
internal sealed class LinePlot
{
    private const double Width = 900;
    private const double Height = 260;
    private const double Left = 64;
    private const double Right = 28;
    private const double Top = 30;
    private const double Bottom = 28;
    private readonly StringBuilder svg = new();
    private readonly TimeScale time;
    private readonly double highest;
    private readonly string id;

    private LinePlot(string id, IReadOnlyList<PlotSeries> series, double? limit, double? ceiling)
    {
        this.id = id;
        var points = series.SelectMany(item => item.Points).ToList();
        time = new TimeScale(points.Min(point => point.At), points.Max(point => point.At), Left, Width - Left - Right);
        highest = ceiling ?? Nice(Math.Max(Typical(points) * 1.15, (limit ?? 0) * 1.1));
    }

    /// <summary>Draws a plot; without points a sentence instead.</summary>
    /// <param name="id">Unique in the page.</param>
    /// <param name="title">What is shown.</param>
    /// <param name="series">The lines.</param>
    /// <param name="format">How values are written on the axis.</param>
    /// <param name="limit">A limit with its label.</param>
    /// <param name="marks">Vertical marks with their labels.</param>
    /// <param name="ceiling">Upper end of the axis; null: chosen from the data.</param>
    public static string Draw(string id, string title, IReadOnlyList<PlotSeries> series, Func<double, string> format,
        (double Value, string Label)? limit = null, IReadOnlyList<(DateTimeOffset At, string Label)>? marks = null, double? ceiling = null)
    {
        var shown = series.Where(item => item.Points.Count > 0).ToList();
        if (shown.Count == 0) return $"<p class=\"none\">{HtmlWriter.Escape(title)}: nothing was measured.</p>";
        return new LinePlot(id, shown, limit?.Value, ceiling).Draw(title, shown, format, limit, marks ?? []);
    }

    private static string F(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    // Intervals are wide at first; the axis follows the values and the ordinary intervals, and the band is clipped.
    private static double Typical(List<PlotPoint> points)
    {
        var highs = points.Select(point => point.High ?? point.Value).Order().ToList();
        return Math.Max(points.Max(point => point.Value), highs[highs.Count / 2]);
    }

    // The axis has four parts, so that its end is four times a round number.
    private static double Nice(double value)
    {
        if (!(value > 0)) return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10 }.First(step => step * unit >= value * 0.9999) * unit;
    }

    private double Y(double value) => Top + ((1 - Math.Clamp(value / highest, -0.1, 1.5)) * (Height - Top - Bottom));

    private string Draw(string title, List<PlotSeries> series, Func<double, string> format, (double Value, string Label)? limit, IReadOnlyList<(DateTimeOffset At, string Label)> marks)
    {
        var names = string.Join(" and ", series.Select(item => item.Name));
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{HtmlWriter.Escape(title)}</figcaption><svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}-t\"><title id=\"{id}-t\">{HtmlWriter.Escape($"{title}: {names}")}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"{id}-c\"><rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\"/></clipPath>");
        Axes(format);
        Marks(marks);
        svg.Append(CultureInfo.InvariantCulture, $"<g clip-path=\"url(#{id}-c)\">");
        foreach (var item in series) Band(item);
        foreach (var item in series) Line(item);
        svg.Append("</g>");
        if (limit is { } given) Limit(given);
        Legend(series);
        return svg.Append("</svg></figure>").ToString();
    }

    private void Axes(Func<double, string> format)
    {
        for (var step = 0; step <= 4; step++)
        {
            var y = Y(highest * step / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{F(y)}\" y2=\"{F(y)}\"/><text x=\"{Left - 6}\" y=\"{F(y + 4)}\" text-anchor=\"end\">{HtmlWriter.Escape(format(highest * step / 4))}</text>");
        }

        foreach (var tick in time.Ticks())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{F(time.At(tick))}\" y=\"{Height - 8}\" text-anchor=\"middle\">{ReportText.Clock(tick)}</text>");
    }

    private void Marks(IReadOnlyList<(DateTimeOffset At, string Label)> marks)
    {
        foreach (var (at, label) in marks)
        {
            var x = time.At(at);
            var (anchor, offset) = x > Width - Right - 40 ? ("end", -4) : ("start", 4);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{F(x)}\" x2=\"{F(x)}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><text x=\"{F(x + offset)}\" y=\"{Top + 12}\" text-anchor=\"{anchor}\">{HtmlWriter.Escape(label)}</text>");
        }
    }

    private void Band(PlotSeries series)
    {
        foreach (var group in series.Points.GroupBy(point => point.Group))
        {
            var points = group.Where(point => point.Low is not null && point.High is not null).ToList();
            if (points.Count < 2) continue;
            var border = points.Select(point => $"{F(time.At(point.At))},{F(Y(point.High!.Value))}")
                .Concat(points.AsEnumerable().Reverse().Select(point => $"{F(time.At(point.At))},{F(Y(point.Low!.Value))}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band {series.Class}\" points=\"{string.Join(' ', border)}\"/>");
        }
    }

    private void Line(PlotSeries series)
    {
        foreach (var group in series.Points.GroupBy(point => point.Group))
        {
            var path = new StringBuilder();
            foreach (var point in group)
            {
                var (x, y) = (F(time.At(point.At)), F(Y(point.Value)));
                path.Append(path.Length == 0 ? $"M{x} {y}" : series.Steps ? $"H{x}V{y}" : $"L{x} {y}");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line {series.Class}\" d=\"{path}\"/>");
            if (group.Count() == 1) svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot {series.Class}\" cx=\"{F(time.At(group.First().At))}\" cy=\"{F(Y(group.First().Value))}\" r=\"3\"/>");
        }
    }

    private void Limit((double Value, string Label) limit) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"limit\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{F(Y(limit.Value))}\" y2=\"{F(Y(limit.Value))}\"/><text class=\"limittext\" x=\"{Width - Right}\" y=\"{F(Y(limit.Value) - 5)}\" text-anchor=\"end\">{HtmlWriter.Escape(limit.Label)}</text>");

    private void Legend(List<PlotSeries> series)
    {
        var x = Left;
        foreach (var item in series)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line {item.Class}\" x1=\"{F(x)}\" x2=\"{F(x + 22)}\" y1=\"14\" y2=\"14\"/><text x=\"{F(x + 28)}\" y=\"18\">{HtmlWriter.Escape(item.Name)}</text>");
            x += 48 + (7.2 * item.Name.Length);
        }
    }
}
