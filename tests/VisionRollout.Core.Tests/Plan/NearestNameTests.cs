using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Plan;

public sealed class NearestNameTests
{
    private static readonly string[] Keys = ["Weight", "Dwell"];

    [Theory]
    [InlineData("Dwel", "Dwell")]
    [InlineData("dwlel", "Dwell")]
    [InlineData("Wieght", "Weight")]
    public void Finds_what_was_meant(string written, string meant) => Assert.Equal(meant, NearestName.Find(written, Keys));

    [Fact]
    public void Finds_nothing_when_nothing_is_near() => Assert.Null(NearestName.Find("Password", Keys));

    [Fact]
    public void Lists_the_valid_names_when_nothing_is_near() => Assert.Equal("Use one of: Weight, Dwell.", NearestName.Suggest("Password", Keys));

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "ABC", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("", "abc", 3)]
    public void Measures_the_distance(string left, string right, int distance) => Assert.Equal(distance, NearestName.Distance(left, right));
}
