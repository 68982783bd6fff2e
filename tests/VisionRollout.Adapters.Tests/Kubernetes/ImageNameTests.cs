using VisionRollout.Adapters.Kubernetes;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("registry.example/business:v1.0.0", "registry.example/business", "v1.0.0")]
    [InlineData("localhost:5000/business", "localhost:5000/business", "latest")]
    [InlineData("localhost:5000/business:v2", "localhost:5000/business", "v2")]
    [InlineData("business:v1@sha256:abcd", "business", "v1")]
    [InlineData("business@sha256:abcd", "business", "")]
    public void Repository_and_tag_are_told_apart(string image, string repository, string tag) =>
        Assert.Equal(new ImageName(repository, tag), ImageName.Parse(image));
}
