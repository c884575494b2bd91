using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class CheckedBuilds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "checked_build",
                table: "provider_settings",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "checked_build",
                table: "provider_settings");
        }
    }
}
