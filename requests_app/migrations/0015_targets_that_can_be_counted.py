import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0002_takes_requests'),
        ('requests_app', '0014_index_of_closing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='category',
            name='target_working_hours',
            field=models.PositiveIntegerField(blank=True, help_text='Empty: the legal period alone.', null=True, validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='service target in working hours'),
        ),
        migrations.AlterField(
            model_name='categoryevent',
            name='target_working_hours',
            field=models.PositiveIntegerField(blank=True, help_text='Empty: the legal period alone.', null=True, validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='service target in working hours'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('target_working_hours__lte', 10000)), name='category_target_can_be_counted'),
        ),
    ]
