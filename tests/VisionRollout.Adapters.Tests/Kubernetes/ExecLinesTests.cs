using System.Text;
using VisionRollout.Adapters.Kubernetes;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class ExecLinesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Lines_are_whole_however_the_network_cuts_the_bytes(int piece)
    {
        var lines = new List<string>();
        var reader = new ExecLines(lines.Add);

        foreach (var bytes in Encoding.UTF8.GetBytes("== 20261101 ✓ größer\r\n\nALTER TABLE\nlast").Chunk(piece)) reader.Add(bytes);
        reader.End();

        Assert.Equal(["== 20261101 ✓ größer", "", "ALTER TABLE", "last"], lines);
    }

    [Fact]
    public void A_line_without_end_is_handed_over_in_pieces()
    {
        var lines = new List<string>();
        var reader = new ExecLines(lines.Add);

        reader.Add(Encoding.UTF8.GetBytes(new string('x', 100_000)));
        reader.End();

        Assert.Equal([65_536, 34_464], lines.Select(line => line.Length));
    }
}
